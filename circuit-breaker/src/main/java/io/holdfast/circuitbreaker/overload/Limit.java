package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;

/**
 * Learns how many calls may run at once. The idea is TCP's congestion window for calls (Netflix concurrency-limits, "Performance Under Load", 2018): by Little's law the right number is
 * throughput times latency without a queue, and whatever runs beyond it only waits.
 *
 * <p>It is told of windows, not of single calls: one window is the calls that ended in at least two round trips, so that its mean is what the limit of the window before has led to. No clock,
 * no thread; for use by one thread at a time.
 */
public interface Limit {
    /**
     * Makes the limit that the numbers ask for.
     *
     * @param config the numbers
     * @return a new limit
     */
    static Limit of(AdaptiveLimitConfig config) {
        return switch (config.algorithm()) {
            case GRADIENT2 ->
                new ProbedLimit(
                        config,
                        config.gradient2().probeInterval(),
                        new Gradient2(
                                config.gradient2().tolerance(),
                                config.gradient2().smoothing()));
            case VEGAS ->
                new ProbedLimit(
                        config,
                        config.vegas().probeInterval(),
                        new Vegas(config.vegas().alpha(), config.vegas().beta()));
            case AIMD -> new AimdLimit(config);
        };
    }

    /**
     * Judges a window.
     *
     * @param rttNanos how long the calls took that ended in it, their mean; 0 if none did but by a timeout or a refusal
     * @param inflight how many ran at once at most
     * @param dropped whether one of them timed out or was refused for overload
     * @return how many calls may run at once in the next window
     */
    int onWindow(long rttNanos, int inflight, boolean dropped);

    /**
     * What the limit is when it is not cut to measure: shares are counted from it.
     *
     * @return at least the configured minimum
     */
    int steady();
}
