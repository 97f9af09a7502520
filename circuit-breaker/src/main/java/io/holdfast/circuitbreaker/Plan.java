package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.Criticality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a pipeline does for one state of its policy, worked out once and used until the policy changes. Immutable. */
final class Plan {
    private final Policy.Live source;
    private final Gate<?>[] gates;
    private final boolean timed;
    private final boolean ranks;
    private final @Nullable RetryConfig retry;
    private final @Nullable Hedges hedges;
    private final @Nullable Duration timeout;

    private Plan(
            Policy.Live source,
            List<Gate<?>> gates,
            @Nullable RetryConfig retry,
            @Nullable Hedges hedges,
            @Nullable Duration timeout) {
        this.source = source;
        this.gates = gates.toArray(new Gate<?>[0]);
        this.timed = hedges != null || gates.stream().anyMatch(Gate::timed);
        this.ranks = gates.stream().anyMatch(Gate::ranks);
        this.retry = retry;
        this.hedges = hedges;
        this.timeout = timeout;
    }

    static Plan of(Policy.Live live, Pipeline.Asked asked) {
        List<Gate<?>> gates = new ArrayList<>();
        for (Policy.PlacedGate placed : live.gates()) {
            if (placed.forAll() || asked.wants(placed.stage())) {
                gates.add(placed.gate());
            }
        }
        PolicyConfig config = live.config();
        return new Plan(
                live,
                gates,
                config.retry().orElse(asked.retryNumbers()),
                asked.idempotent() && (config.hedge().isPresent() || asked.hedge()) ? live.hedges() : null,
                config.timeout().orElse(asked.timeout()));
    }

    /** The state of the policy that it was made from. */
    Policy.Live source() {
        return source;
    }

    /** The numbers of the stage, or null if there is none. */
    @Nullable RetryConfig retry() {
        return retry;
    }

    /** The state of the stage, or null if there is none. */
    @Nullable Hedges hedges() {
        return hedges;
    }

    /** The number of the stage, or null if there is none. */
    @Nullable Duration timeout() {
        return timeout;
    }

    /** Whether a gate wants to know how long an attempt took. */
    boolean timed() {
        return timed;
    }

    /** Whether a gate wants to know how much an attempt matters. */
    boolean ranks() {
        return ranks;
    }

    /** Passes all gates, or throws the refusal of one with nothing taken. */
    void enter(String place, Criticality criticality) {
        for (int i = 0; i < gates.length; i++) {
            try {
                gates[i].enter(place, criticality);
            } catch (Throwable refused) {
                for (int passed = i - 1; passed >= 0; passed--) {
                    gates[passed].withdraw(criticality);
                }
                throw refused;
            }
        }
    }

    /** Gives back what {@link #enter} took, innermost first; exactly once for each time it returned. */
    void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {
        for (int i = gates.length - 1; i >= 0; i--) {
            gates[i].leave(criticality, ending, nanos, error);
        }
    }

    String describe() {
        List<String> stages = new ArrayList<>();
        if (retry != null) {
            stages.add("retry(" + retry.maxRetries() + ", " + growth(retry) + DurationText.of(retry.backoff()) + " to "
                    + DurationText.of(retry.maxBackoff()) + ", budget " + percent(retry.budgetRatio()) + ")");
        }
        if (hedges != null) {
            stages.add(hedges.describe());
        }
        for (Gate<?> gate : gates) {
            stages.add(gate.describe());
        }
        if (timeout != null) {
            stages.add("timeout(" + DurationText.of(timeout) + ")");
        }
        stages.add("call");
        return String.join(" > ", stages);
    }

    private static String growth(RetryConfig retry) {
        return retry.strategy() == RetryConfig.Strategy.EXPONENTIAL
                ? ""
                : retry.strategy().name().toLowerCase(Locale.ROOT) + " ";
    }

    static String percent(double ratio) {
        return Math.round(ratio * 1000) / 10.0 + "%";
    }
}
