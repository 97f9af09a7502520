package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.Criticality;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Refuses attempts while too many fail or are slow. */
record BreakerGate(String policy, Breaker breaker) implements Gate<CircuitBreakerConfig> {
    @Override
    public void enter(String place, Criticality criticality) {
        if (!breaker.admits()) {
            throw open(place);
        }
    }

    private CircuitOpenException open(String place) {
        Duration wait = breaker.remainingWait();
        if (breaker.state().equals("forced_open")) {
            return new CircuitOpenException(
                    policy,
                    "the circuit breaker of policy " + policy + " is held open by an operator and refuses " + place
                            + "; /admin/explain says since when; give it back when the callee is well",
                    wait);
        }
        return new CircuitOpenException(
                policy,
                "the circuit breaker of policy " + policy + " is " + breaker.state() + " (" + breaker.counts()
                        + ") and refuses " + place + "; "
                        + (wait.isZero()
                                ? "the tried calls are still under way"
                                : "it lets calls through to try in "
                                        + DurationText.of(Duration.ofMillis(wait.toMillis() + 1)))
                        + ", or look at why the callee fails",
                wait);
    }

    @Override
    public void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {
        ended(breaker, ending, nanos, error);
    }

    /** Tells a breaker how an attempt ended that it admitted. */
    static void ended(Breaker breaker, Ending ending, long nanos, @Nullable Throwable error) {
        if (ending == Ending.GOOD) {
            breaker.succeeded(nanos);
        } else if (ending == Ending.SILENT || error == null) {
            breaker.withdrawn(nanos);
        } else {
            breaker.failed(nanos, error);
        }
    }

    @Override
    public void withdraw(Criticality criticality, long nanos) {
        breaker.withdrawn(nanos);
    }

    @Override
    public boolean timed() {
        return true;
    }

    @Override
    public CircuitBreakerConfig numbers() {
        return breaker.config();
    }

    @Override
    public BreakerGate changedTo(CircuitBreakerConfig numbers) {
        return new BreakerGate(policy, breaker.changedTo(numbers));
    }

    @Override
    public void close() {
        breaker.close();
    }

    @Override
    public String describe() {
        return "circuit-breaker(" + Plan.percent(numbers().failureRateThreshold()) + " of "
                + numbers().minimumCalls() + " calls, " + breaker.state() + ")";
    }
}
