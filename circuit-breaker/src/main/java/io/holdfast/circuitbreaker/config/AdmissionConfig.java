package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.Optional;

/**
 * When a server refuses calls before they begin, lowest criticality first.
 *
 * @param enabled whether it does at all
 * @param queueTarget which wait for a thread is still well
 * @param queueInterval how long it may be longer
 * @param cpuThreshold from which share of the processors on background calls are refused
 * @param heapThreshold from which share of the heap on background calls are refused
 * @param brownOutHold how long a brown-out level stays after its cause has gone
 * @param adaptiveLimit how many calls run at once, learnt
 */
public record AdmissionConfig(
        @Doc("Whether calls are refused under overload before they begin, lowest criticality first.") @Default("true")
        boolean enabled,

        @Doc(
                "How long calls may wait for a thread (CoDel's target). While all wait longer for an interval, SHEDDABLE calls that waited 2 times as long are refused, SHEDDABLE_PLUS at 4 times, CRITICAL at 8 times; CRITICAL_PLUS never.")
        @Default("5ms")
        Duration queueTarget,

        @Doc("How long all calls must have waited longer than the target before any is refused (CoDel's interval).")
        @Default("100ms")
        Duration queueInterval,

        @Doc(
                "Above this share of the processors that the process may use, a growing share of SHEDDABLE calls is refused, then of SHEDDABLE_PLUS; never others. 100% is never above.")
        @Default("95%")
        double cpuThreshold,

        @Doc(
                "Above this share of the heap left in use by the last collection, a growing share of SHEDDABLE calls is refused, then of SHEDDABLE_PLUS, then of CRITICAL. 100% is never above.")
        @Default("90%")
        double heapThreshold,

        @Doc("How long a brown-out level stays after its cause has gone; it then falls by one level at a time.")
        @Default("5s")
        Duration brownOutHold,

        @Doc(
                "Learns how many calls may run at once, and refuses further ones. Without this block there is only holdfast.server.max-concurrent.")
        Optional<AdaptiveLimitConfig> adaptiveLimit) {
    /** Queue, processor and heap, without a learnt limit. */
    public static final AdmissionConfig DEFAULT = new AdmissionConfig(
            true, Duration.ofMillis(5), Duration.ofMillis(100), 0.95, 0.9, Duration.ofSeconds(5), Optional.empty());

    /**
     * Validates the numbers.
     *
     * @param enabled whether it refuses at all
     * @param queueTarget longer than zero, shorter than the interval
     * @param queueInterval longer than the target
     * @param cpuThreshold 10 % to 100 %
     * @param heapThreshold 10 % to 100 %
     * @param brownOutHold zero or longer
     * @param adaptiveLimit the learnt limit
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public AdmissionConfig {
        Check.positive("queue-target", queueTarget);
        Check.that(
                queueTarget.compareTo(queueInterval) < 0,
                "queue-target (%s) must be shorter than queue-interval (%s); lower one or raise the other",
                queueTarget,
                queueInterval);
        threshold("cpu-threshold", cpuThreshold);
        threshold("heap-threshold", heapThreshold);
        Check.notNegative("brown-out-hold", brownOutHold);
    }

    private static void threshold(String name, double value) {
        Check.ratio(name, value);
        Check.that(value >= 0.1, "%s (%s) must be at least 10%%; set enabled=false to refuse nothing", name, value);
    }

    /**
     * These numbers with a learnt limit.
     *
     * @param value its numbers
     * @return a copy
     */
    public AdmissionConfig withAdaptiveLimit(AdaptiveLimitConfig value) {
        return new AdmissionConfig(
                enabled, queueTarget, queueInterval, cpuThreshold, heapThreshold, brownOutHold, Optional.of(value));
    }

    /**
     * These numbers with another queue.
     *
     * @param target which wait is still well
     * @param interval how long it may be longer
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public AdmissionConfig withQueue(Duration target, Duration interval) {
        return new AdmissionConfig(enabled, target, interval, cpuThreshold, heapThreshold, brownOutHold, adaptiveLimit);
    }
}
