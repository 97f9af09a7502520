package io.holdfast.discovery.balance;

/** The ways to choose. */
public enum BalancePolicy {
    /** One after the other; weights do not count. Fair in counts, blind to slow instances. */
    ROUND_ROBIN {
        @Override
        public Balancer create(long seed) {
            return new RoundRobin();
        }
    },
    /** By chance in proportion to the weights. For a fixed split of traffic. */
    WEIGHTED {
        @Override
        public Balancer create(long seed) {
            return new Weighted(new Chance(seed));
        }
    },
    /** The one with the fewest calls under way for its weight; looks at all of them. For few instances and calls of very different length. */
    LEAST_OUTSTANDING {
        @Override
        public Balancer create(long seed) {
            return new LeastOutstanding();
        }
    },
    /** By chance; weights do not count. */
    RANDOM {
        @Override
        public Balancer create(long seed) {
            return new AtRandom(new Chance(seed));
        }
    },
    /** The better of two chosen by chance, by peak EWMA latency times calls under way, for its weight. The default. */
    P2C_PEAK_EWMA {
        @Override
        public Balancer create(long seed) {
            return new PeakEwma(new Chance(seed));
        }
    };

    /**
     * Makes a balancer for one service.
     *
     * @param seed chance; from {@link io.holdfast.core.env.RandomSource}
     * @return the balancer
     */
    public abstract Balancer create(long seed);

    /**
     * Makes a balancer that prefers one zone and gives a new instance its share by and by.
     *
     * @param seed chance
     * @param zone the caller's zone; empty prefers none
     * @return the balancer; see {@link ZonePreference}
     */
    public Balancer create(long seed, String zone) {
        Balancer inner = create(seed);
        Balancer near = zone.isEmpty() ? inner : new ZonePreference(zone, inner, new Chance(~seed));
        return new SlowStart(near, new Chance(seed ^ 0x51_0e));
    }
}
