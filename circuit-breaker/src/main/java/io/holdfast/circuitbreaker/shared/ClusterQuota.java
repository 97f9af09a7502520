package io.holdfast.circuitbreaker.shared;

import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * A rate limit of the whole cluster at one node: it lets through what the node's present share allows and counts what is wanted. Until a share is told it is the whole limit, as for a node alone. Safe
 * for use by many threads.
 */
public final class ClusterQuota {
    private final RateLimitConfig config;
    private final ShareBucket bucket;
    private final LongAdder admitted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile double share;

    /**
     * Makes a limit whose whole quota is this node's.
     *
     * @param clock the clock
     * @param config the numbers
     */
    public ClusterQuota(MonotonicClock clock, RateLimitConfig config) {
        this.config = config;
        this.share = config.perSecond();
        this.bucket = new ShareBucket(clock, config.period(), share);
    }

    /**
     * Takes a call out of the share.
     *
     * @return false if none is left
     */
    public boolean take() {
        boolean taken = bucket.take();
        (taken ? admitted : refused).increment();
        return taken;
    }

    /**
     * How long until a call may pass.
     *
     * @return the time
     */
    public Duration untilNext() {
        return bucket.untilNext();
    }

    /**
     * Changes this node's share.
     *
     * @param perSecond calls a second
     */
    public void share(double perSecond) {
        share = perSecond;
        bucket.rate(perSecond);
    }

    /**
     * This node's share.
     *
     * @return calls a second
     */
    public double share() {
        return share;
    }

    /**
     * How many calls passed.
     *
     * @return a count since the start
     */
    public long admitted() {
        return admitted.sum();
    }

    /**
     * How many calls were refused.
     *
     * @return a count since the start
     */
    public long refused() {
        return refused.sum();
    }

    /**
     * The numbers in use.
     *
     * @return the numbers
     */
    public RateLimitConfig config() {
        return config;
    }
}
