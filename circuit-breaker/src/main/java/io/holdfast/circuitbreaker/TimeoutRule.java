package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The timeout of an attempt is no longer than its whole call may take: the call's deadline would always end the attempt first, and the timeout never. Holds for all pipelines of a policy, of which it
 * keeps only the two that bind most. Guarded by the lock of its policy.
 */
final class TimeoutRule {
    /**
     * A pipeline whose calls have a limit.
     *
     * @param place names its calls
     * @param limit how long they may take
     * @param own the timeout that the code gives, or null; one in the configuration wins
     */
    record Limited(String place, CallLimit limit, @Nullable Duration own) {}

    private final String policy;
    private @Nullable Limited nearest;
    private @Nullable Limited
            beyond; // has a timeout of its own that is too long, and one in the configuration that wins

    TimeoutRule(String policy) {
        this.policy = policy;
    }

    /** Refuses numbers that break the rule for a pipeline that there is. */
    void check(PolicyConfig config) {
        if (nearest != null) {
            check(config, nearest);
        }
        if (beyond != null) {
            check(config, beyond);
        }
    }

    /** Refuses a further pipeline that breaks the rule under these numbers, or keeps it in mind. */
    void add(PolicyConfig config, Limited pipeline) {
        check(config, pipeline);
        if (nearest == null
                || pipeline.limit().longest().compareTo(nearest.limit().longest()) < 0) {
            nearest = pipeline;
        }
        if (isTooLong(pipeline.own(), pipeline)) {
            beyond = pipeline;
        }
    }

    private void check(PolicyConfig config, Limited pipeline) {
        Duration configured = config.timeout().orElse(null);
        Duration timeout = configured == null ? pipeline.own() : configured;
        Check.that(
                !isTooLong(timeout, pipeline),
                "the timeout of policy %s (%s) must not be longer than a call of %s may take in all (%s): it would never end an attempt; lower %s or raise %s",
                policy,
                timeout == null ? "" : DurationText.of(timeout),
                pipeline.place(),
                DurationText.of(pipeline.limit().longest()),
                configured == null ? "the timeout of " + pipeline.place() : "holdfast.policies." + policy + ".timeout",
                pipeline.limit().setting());
    }

    private static boolean isTooLong(@Nullable Duration timeout, Limited pipeline) {
        return timeout != null && timeout.compareTo(pipeline.limit().longest()) > 0;
    }
}
