package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.slo.SloTracker;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An experiment while it runs: draws the calls that it hits, holds them or lets them fail. */
final class Running {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final Experiment experiment;
    private final String principal;
    private final Environment environment;
    private final Instant since;
    private final long endNanos;
    private final Guard slo;
    private final Guard own;
    private final @Nullable SloTracker tracker;
    private final Held held;
    private final AtomicLong dice;
    private final LongAdder calls = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private volatile Registration timer = () -> {};

    Running(Experiment experiment, String principal, Guard slo, Environment environment) {
        this.experiment = experiment;
        this.principal = principal;
        this.environment = environment;
        this.slo = slo;
        long now = environment.clock().nanoTime();
        this.since = environment.wallClock().now();
        this.endNanos = now + experiment.timeBox().toNanos();
        this.held = new Held(environment.scheduler());
        this.dice = new AtomicLong(
                environment.random().split("chaos-" + experiment.name()).nextLong());
        AbortBounds bounds = experiment.abort().orElse(null);
        this.tracker =
                bounds == null ? null : new SloTracker("experiment " + experiment.name(), bounds.objective(), now);
        this.own =
                bounds == null || tracker == null ? Guard.NONE : tracker.guard(1, bounds.window(), bounds.minCalls());
    }

    Experiment experiment() {
        return experiment;
    }

    /** Whether this call, one of those that are meant, is hit. */
    boolean draw() {
        calls.increment();
        boolean hit = experiment.share() >= 1 || uniform() < experiment.share();
        if (hit) {
            hits.increment();
        }
        return hit;
    }

    /** SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): one addition for threads to agree on. */
    private double uniform() {
        long z = dice.addAndGet(STEP);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }

    /** Lets a call fail, or returns when it may go on. */
    void inject(String place) throws InterruptedException {
        failAtOnce(place);
        Deadline deadline = CallContext.current().deadline();
        CompletableFuture<Void> hold = hold(deadline);
        try {
            hold.get();
        } catch (InterruptedException e) {
            hold.cancel(false);
            throw e;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("a hold never fails", e);
        }
        failAfterHold(place, deadline);
    }

    /** The same without a waiting thread. */
    <T> CompletionStage<T> injectAsync(
            String place, Supplier<? extends CompletionStage<T>> call, Executor continuations) {
        failAtOnce(place);
        Deadline deadline = CallContext.current().deadline();
        return new HeldCall<T>(hold(deadline), () -> failAfterHold(place, deadline), call).start(continuations);
    }

    private CompletableFuture<Void> hold(Deadline deadline) {
        long left = deadline.remainingNanos(environment.clock().nanoTime());
        long wanted = experiment.fault() instanceof Fault.Latency latency
                ? latency.delay().toNanos()
                : Held.FOR_EVER;
        return held.hold(Math.min(left, wanted));
    }

    private void failAtOnce(String place) {
        if (experiment.fault() instanceof Fault.Error error) {
            throw new InjectedFaultException(place + " failed on purpose, by experiment " + experiment.name()
                    + "; nothing was sent: " + error.message());
        }
    }

    private void failAfterHold(String place, Deadline deadline) {
        if (deadline.isExpired(environment.clock().nanoTime())) {
            throw new DeadlineExceededException(place + " was held on purpose until its deadline, by experiment "
                    + experiment.name() + "; nothing was sent");
        }
        if (experiment.fault() instanceof Fault.Drop) {
            throw new InjectedFaultException(place + " was held on purpose until experiment " + experiment.name()
                    + " was over; nothing was sent: try again");
        }
    }

    boolean watches() {
        return tracker != null;
    }

    /** A call that it targets ended for its caller. */
    void ended(boolean answered, long nanos, long nowNanos) {
        if (tracker != null) {
            tracker.record(answered, nanos, nowNanos);
        }
    }

    /** What its guards say. */
    Guard.Verdict check() {
        long now = environment.clock().nanoTime();
        Guard.Verdict first = slo.check(now);
        return first.ok() ? own.check(now) : first;
    }

    long remainingNanos() {
        return Math.max(0, endNanos - environment.clock().nanoTime());
    }

    void timer(Registration value) {
        timer = value;
    }

    void close() {
        timer.close();
        held.release();
    }

    Chaos.Status status() {
        return new Chaos.Status(
                experiment,
                principal,
                since,
                java.time.Duration.ofNanos(remainingNanos()),
                calls.sum(),
                hits.sum(),
                held.size());
    }
}
