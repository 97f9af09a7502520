package io.holdfast.discovery.traffic;

import io.holdfast.core.slo.Guard;
import io.holdfast.discovery.outlier.Ended;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A canary of this node, from the first call of the new version on, so that a canary may be configured before its version is deployed: counts, lets {@link CanaryPlan} decide ten times a second, and turns its state into a split. It has no thread; calls drive it. Safe for use by many threads. */
final class CanaryRun {
    private static final long CHECK_NANOS = 100_000_000L;

    /** What one step has counted. */
    private record Step(CallCounts canary, CallCounts baseline) {}

    /** Told what was decided. */
    interface Listener {
        void onDecision(CanaryConfig config, CanaryState before, CanaryState next, String why);
    }

    private final CanaryConfig config;
    private final CanaryPlan plan;
    private final Supplier<Guard> guard;
    private final Listener listener;
    private volatile @Nullable CanaryState state; // null until the new version's first call
    private volatile Step step = new Step(new CallCounts(), new CallCounts());
    private volatile Split split;
    private volatile long nextNanos;

    CanaryRun(CanaryConfig config, Supplier<Guard> guard, Listener listener) {
        this.config = config;
        this.plan = new CanaryPlan(config);
        this.guard = guard;
        this.listener = listener;
        this.split = split(config.steps().get(0));
    }

    private Split split(int percent) {
        return new Split(List.of( // the new version first: a key that has it keeps it when its share grows
                new VersionWeight(config.version(), percent), new VersionWeight(config.baseline(), 100 - percent)));
    }

    CanaryConfig config() {
        return config;
    }

    /** Who takes the calls now. */
    Split split() {
        return split;
    }

    CanaryStatus status() {
        CanaryState now = state;
        if (now == null) {
            return new CanaryStatus(
                    config.version(), CanaryStatus.Phase.RUNNING, config.steps().get(0), "");
        }
        if (now instanceof CanaryState.RolledBack back) {
            return new CanaryStatus(config.version(), CanaryStatus.Phase.ROLLED_BACK, 0, back.why());
        }
        boolean complete = now instanceof CanaryState.Complete;
        return new CanaryStatus(
                config.version(),
                complete ? CanaryStatus.Phase.COMPLETE : CanaryStatus.Phase.RUNNING,
                now.percent(),
                "");
    }

    void count(String version, Ended how, long nanos, long nowNanos) {
        if (state == null) {
            if (!version.equals(config.version())) {
                return; // nothing to be held against it yet
            }
            begin(nowNanos);
        }
        Step counting = step;
        if (version.equals(config.version())) {
            count(counting.canary, how, nanos);
        } else if (version.equals(config.baseline())) {
            count(counting.baseline, how, nanos);
        }
        if (nowNanos - nextNanos >= 0) {
            check(nowNanos);
        }
    }

    private static void count(CallCounts counts, Ended how, long nanos) {
        if (how == Ended.GOOD) {
            counts.good(nanos);
        } else if (how == Ended.FAILED) {
            counts.failed();
        }
    }

    private synchronized void begin(long nowNanos) {
        if (state == null) {
            nextNanos = nowNanos + CHECK_NANOS;
            state = plan.begin(nowNanos);
        }
    }

    private synchronized void check(long nowNanos) {
        CanaryState before = state;
        if (nowNanos - nextNanos < 0) {
            return;
        }
        nextNanos = nowNanos + CHECK_NANOS;
        if (!(before instanceof CanaryState.Running running)) { // null as well
            return;
        }
        Step counted = step;
        CanaryPlan.Decision decision = plan.decide(
                running,
                counted.canary.read(),
                counted.baseline.read(),
                guard.get().check(nowNanos),
                nowNanos);
        if (decision.next() != running) {
            state = decision.next();
            split = split(decision.next().percent());
            step = new Step(new CallCounts(), new CallCounts());
            listener.onDecision(config, before, decision.next(), decision.why());
        }
    }
}
