package io.holdfast.circuitbreaker;

import io.holdfast.core.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline knows of the instances of its callee, for whoever chooses the one that takes an attempt: inside the call, after all stages of the pipeline. Safe for use by many threads.
 */
public final class Instances {
    private final String policy;
    private final InstanceBreakers breakers;
    private final Judgement judgement;

    Instances(String policy, InstanceBreakers breakers, Judgement judgement) {
        this.policy = policy;
        this.breakers = breakers;
        this.judgement = judgement;
    }

    /**
     * Whether an instance may be called now. If so, an attempt must be made and its end told.
     *
     * @param instance its name, of a bounded set
     * @return false while its circuit breaker is open
     */
    public boolean admits(String instance) {
        return breakers.admits(instance);
    }

    /**
     * An attempt at an instance that was admitted has ended.
     *
     * @param instance its name
     * @param nanos how long it took
     * @param error what it ended with, or null
     */
    public void ended(String instance, long nanos, @Nullable Throwable error) {
        breakers.ended(instance, judgement.ending(error), nanos, error);
    }

    /**
     * The refusal when no instance may be called.
     *
     * @param call what was to be called
     * @param instances how many there are
     * @return the exception, to be thrown; nothing was done
     */
    public CircuitOpenException allOpen(String call, int instances) {
        if (breakers.heldOpen()) {
            return new CircuitOpenException(
                    policy,
                    "the circuit breakers of policy " + policy + " for all " + instances + " instances of " + call
                            + " are held open by an operator; /admin/explain says since when; give them back when the callee is well",
                    Duration.ZERO);
        }
        return new CircuitOpenException(
                policy,
                "the circuit breakers of policy " + policy + " for all " + instances + " instances of " + call
                        + " are open; they let calls through to try within "
                        + DurationText.of(breakers.numbers().waitInOpen())
                        + ", or look at why the instances fail",
                breakers.numbers().waitInOpen());
    }
}
