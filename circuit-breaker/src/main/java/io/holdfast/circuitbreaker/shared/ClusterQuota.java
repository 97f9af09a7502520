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
    private final ShareBucket bucket;
    private final LongAdder admitted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile RateLimitConfig config; // written under this
    private volatile double share; // written under this

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
     * @param of the numbers that it is a share of; if they have changed since, nothing happens until the next look
     * @param perSecond calls a second
     */
    public synchronized void share(RateLimitConfig of, double perSecond) {
        if (of == config) {
            share = perSecond;
            bucket.rate(perSecond);
        }
    }

    /**
     * Changes the numbers. The share stays the same part of the quota, so that nodes that change at the same time stay at the quota together; what is used stays used, and the counts go on.
     *
     * @param changed the new numbers
     */
    public synchronized void change(RateLimitConfig changed) {
        double scaled = share * changed.perSecond() / config.perSecond();
        config = changed;
        share = scaled;
        bucket.change(changed.period(), scaled);
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
