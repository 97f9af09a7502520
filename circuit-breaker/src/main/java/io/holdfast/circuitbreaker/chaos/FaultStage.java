package io.holdfast.circuitbreaker.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The innermost stage of a pipeline. While no experiment runs, each of its methods costs one volatile read. */
public final class FaultStage {
    private final Chaos chaos;
    private final String policy;
    private final String service;
    private final String place;

    FaultStage(Chaos chaos, String policy, String service, String place) {
        this.chaos = chaos;
        this.policy = policy;
        this.service = service;
        this.place = place;
    }

    /**
     * Calls, unless an experiment has it otherwise.
     *
     * @param call what to call
     * @param <T> its result
     * @return its result
     * @throws InjectedFaultException if an experiment lets it fail
     * @throws InterruptedException if the thread is interrupted while an experiment holds the call
     * @throws Exception what the call throws
     */
    public <T> T call(Callable<T> call) throws Exception {
        Running hit = hit();
        if (hit != null) {
            hit.inject(place);
        }
        return call.call();
    }

    /**
     * Starts a call, unless an experiment has it otherwise.
     *
     * @param call what to start
     * @param continuations takes calls that an experiment has held
     * @param <T> the result
     * @return the call, or one in its place; cancelling it cancels the call
     * @throws InjectedFaultException if an experiment lets it fail
     */
    public <T> CompletionStage<T> callAsync(Supplier<? extends CompletionStage<T>> call, Executor continuations) {
        Running hit = hit();
        return hit == null ? call.get() : hit.injectAsync(place, call, continuations);
    }

    /**
     * Looks at a whole call, where an experiment wants to know how it ends.
     *
     * @return to be told the end, or null
     */
    public @Nullable Watch watch() {
        Running[] running = chaos.running();
        if (running.length == 0) {
            return null;
        }
        List<Running> watching = new ArrayList<>();
        for (Running one : running) {
            if (one.watches() && covers(one)) {
                watching.add(one);
            }
        }
        return watching.isEmpty() ? null : new Watch(watching, chaos.clock());
    }

    private @Nullable Running hit() {
        Running[] running = chaos.running();
        if (running.length == 0) {
            return null;
        }
        for (Running one : running) {
            if (covers(one) && one.draw()) {
                return one;
            }
        }
        return null;
    }

    private boolean covers(Running one) {
        Experiment experiment = one.experiment();
        return experiment.target().namesCalls() && experiment.target().covers(policy, service, place);
    }

    /**
     * The stage for people.
     *
     * @return for instance {@code fault(slow-catalog: latency 200ms, 10.0%) > }; empty where experiments are off
     */
    public String describe() {
        if (!chaos.isEnabled()) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        for (Running one : chaos.running()) {
            if (covers(one)) {
                parts.add(one.experiment().name() + ": " + one.experiment().describe());
            }
        }
        return "fault(" + (parts.isEmpty() ? "none" : String.join("; ", parts)) + ") > ";
    }
}
