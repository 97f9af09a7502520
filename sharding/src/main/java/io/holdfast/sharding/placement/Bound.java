package io.holdfast.sharding.placement;

/** How many shards a node or a zone may have: its share, and 5 % or one shard to either side, whichever is more. Integers that fit always exist, for the share lies between. */
record Bound(double share, int low, int high) {
    private static final double ROUNDING = 1e-9;

    static Bound around(double share) {
        double slack = Math.max(1, share / 20);
        return new Bound(share, (int) Math.max(0, Math.ceil(share - slack - ROUNDING)), (int)
                Math.floor(share + slack + ROUNDING));
    }

    /** Fewer than its pins a node cannot have; its share is at least that. */
    Bound atLeast(int pins) {
        return new Bound(share, Math.max(low, pins), high);
    }
}
