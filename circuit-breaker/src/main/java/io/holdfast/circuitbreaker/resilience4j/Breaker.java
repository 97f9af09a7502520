package io.holdfast.circuitbreaker.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.shared.Circuit;
import io.holdfast.circuitbreaker.shared.LocalCircuit;
import io.holdfast.circuitbreaker.shared.Order;
import io.holdfast.core.DurationText;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker. Whoever is admitted must end with exactly one of {@link #succeeded}, {@link #failed} and {@link #withdrawn}. The end of a call that began before the state changed last is
 * measured but not counted: a half-open breaker judges by the calls that it let through to try. Safe for use by many threads.
 */
public final class Breaker implements Circuit {
    /** If no further order comes, a breaker that was told to wait goes on by itself. */
    private static final Duration ORDERS_HOLD = Duration.ofSeconds(3);

    private final String name;
    private final CircuitBreakerConfig config;
    private final Environment environment;
    private final FlightRecorder recorder;
    private final BreakerMeters meters;
    private final CircuitBreaker delegate;
    private final AtomicReference<Registration> halfOpenTimer = new AtomicReference<>(() -> {});
    private volatile CircuitBreaker.State seen;
    private volatile long openUntilNanos;
    private volatile long heldUntilNanos;
    private volatile long sinceNanos; // when the state changed last
    private volatile boolean moved; // whether it ever did
    private volatile boolean refused;
    private volatile long openings; // written under this
    private boolean forced; // guarded by this
    private long period; // guarded by this; counts the changes of state, so that a timer knows its own

    /**
     * Makes a closed breaker with an empty window and publishes its metrics.
     *
     * @param name the policy's name, the tag {@code name} of its metrics
     * @param config the numbers
     * @param environment clock and timers
     * @param registry where its metrics go
     * @param recorder where its transitions go
     */
    public Breaker(
            String name,
            CircuitBreakerConfig config,
            Environment environment,
            MeterRegistry registry,
            FlightRecorder recorder) {
        this.name = name;
        this.config = config;
        this.environment = environment;
        this.recorder = recorder;
        this.delegate = CircuitBreaker.of(name, translate(config, environment));
        this.meters = new BreakerMeters(registry, delegate);
        this.seen = delegate.getState();
        this.heldUntilNanos = environment.clock().nanoTime();
    }

    private Breaker(Breaker old, CircuitBreakerConfig config) {
        this.name = old.name;
        this.config = config;
        this.environment = old.environment;
        this.recorder = old.recorder;
        this.delegate = CircuitBreaker.of(name, translate(config, environment));
        this.meters = old.meters;
        this.heldUntilNanos = old.heldUntilNanos;
        this.openings = old.openings;
        this.seen = delegate.getState();
    }

    private static io.github.resilience4j.circuitbreaker.CircuitBreakerConfig translate(
            CircuitBreakerConfig config, Environment environment) {
        boolean count = config.window() == CircuitBreakerConfig.Window.COUNT;
        return io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.custom()
                .failureRateThreshold((float) (config.failureRateThreshold() * 100))
                .slowCallRateThreshold((float) (config.slowCallRateThreshold() * 100))
                .slowCallDurationThreshold(config.slowCallDuration())
                .slidingWindow(
                        config.windowSize(),
                        config.minimumCalls(),
                        count
                                ? io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType
                                        .COUNT_BASED
                                : io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType
                                        .TIME_BASED)
                .waitDurationInOpenState(config.waitInOpen())
                .permittedNumberOfCallsInHalfOpenState(config.halfOpenCalls())
                .clock(new MonotonicInstants(environment.clock()))
                .build();
    }

    // a listener for transitions would make Resilience4j build an event for every call, so the state is compared
    // instead
    private void observe() {
        if (delegate.getState() != seen) {
            transition();
        }
    }

    private synchronized void transition() {
        CircuitBreaker.State to = delegate.getState();
        if (to == seen) {
            return;
        }
        seen = to;
        long now = begin();
        halfOpenTimer.getAndSet(() -> {}).close();
        switch (to) {
            case OPEN -> {
                openings++;
                openUntilNanos =
                        environment.clock().nanoTime() + config.waitInOpen().toNanos();
                recorder.record("circuit-breaker", name, "opened for " + text(config.waitInOpen()) + ": " + counts());
            }
            case HALF_OPEN -> {
                // not Resilience4j's own timer: it would start a thread and read the real clock
                halfOpenTimer.set(
                        environment.scheduler().schedule(config.halfOpenTimeout(), () -> halfOpenTooLong(now)));
                recorder.record("circuit-breaker", name, "lets " + config.halfOpenCalls() + " calls through to try");
            }
            case CLOSED ->
                recorder.record(
                        "circuit-breaker",
                        name,
                        "closed: " + (forced ? "an operator leaves it to itself again" : "the tried calls went well"));
            default -> recorder.record("circuit-breaker", name, "is " + state() + " by an operator");
        }
    }

    /** A period begins: calls from before say nothing of it. */
    private synchronized long begin() {
        sinceNanos = environment.clock().nanoTime();
        moved = true;
        return ++period;
    }

    /** The call began before the state changed last: it may be as old as its timeout is long, and the callee is another one by now. */
    private boolean isOld(long nanos) {
        return moved && environment.clock().nanoTime() - nanos - sinceNanos < 0;
    }

    private synchronized void halfOpenTooLong(long of) {
        if (period == of && delegate.getState() == CircuitBreaker.State.HALF_OPEN) {
            delegate.transitionToOpenState();
            observe();
        }
    }

    /**
     * Outside the closed state the delegate's steps and the half-open timer follow one another, under this lock: a timer that has found the breaker half open must not open it after a
     * tried call has closed it.
     */
    private boolean stepsAlone() {
        CircuitBreaker.State state = delegate.getState();
        return state == CircuitBreaker.State.OPEN || state == CircuitBreaker.State.HALF_OPEN;
    }

    /**
     * Takes the decision from the breaker, or gives it back: then it begins closed with an empty window.
     *
     * @param mode who decides
     */
    public synchronized void force(BreakerMode mode) {
        switch (mode) {
            case FORCED_OPEN -> delegate.transitionToForcedOpenState();
            case FORCED_CLOSED -> delegate.transitionToDisabledState();
            case METRICS_ONLY -> delegate.transitionToMetricsOnlyState();
            case AUTOMATIC -> {
                if (forced) {
                    delegate.transitionToClosedState();
                }
            }
        }
        observe();
        forced = mode != BreakerMode.AUTOMATIC;
    }

    /**
     * The reason for its state, for people.
     *
     * @return the counts of the window
     */
    public String counts() {
        CircuitBreaker.Metrics metrics = delegate.getMetrics();
        return metrics.getNumberOfFailedCalls() + " failed and " + metrics.getNumberOfSlowCalls() + " slow of "
                + metrics.getNumberOfBufferedCalls() + " calls";
    }

    private static String text(Duration duration) {
        return DurationText.of(duration);
    }

    /**
     * Asks whether a call may begin.
     *
     * @return false if the breaker is open, or half open with all tried calls under way
     */
    public boolean admits() {
        boolean admitted;
        if (stepsAlone()) {
            synchronized (this) {
                admitted = !isHeld() && acquire();
            }
        } else {
            admitted = acquire();
        }
        if (!admitted) {
            refused = true;
            meters.refused();
        }
        return admitted;
    }

    private boolean isHeld() {
        return delegate.getState() == CircuitBreaker.State.OPEN
                && heldUntilNanos - environment.clock().nanoTime() > 0;
    }

    private boolean acquire() {
        boolean admitted = delegate.tryAcquirePermission();
        observe();
        return admitted;
    }

    /**
     * An admitted call went well.
     *
     * @param nanos how long it took since it was admitted
     */
    public void succeeded(long nanos) {
        ended(nanos, null);
        meters.succeeded(nanos);
    }

    /**
     * An admitted call failed.
     *
     * @param nanos how long it took since it was admitted
     * @param error why
     */
    public void failed(long nanos, Throwable error) {
        ended(nanos, error);
        meters.failed(nanos);
    }

    private void ended(long nanos, @Nullable Throwable error) {
        if (stepsAlone()) {
            synchronized (this) {
                count(nanos, error);
            }
        } else {
            count(nanos, error);
        }
    }

    private void count(long nanos, @Nullable Throwable error) {
        if (isOld(nanos)) {
            return;
        }
        if (error == null) {
            delegate.onSuccess(nanos, TimeUnit.NANOSECONDS);
        } else {
            delegate.onError(nanos, TimeUnit.NANOSECONDS, error);
        }
        observe();
    }

    /**
     * An admitted call ended without saying anything about the callee.
     *
     * @param nanos how long it took since it was admitted
     */
    public void withdrawn(long nanos) {
        if (!isOld(nanos)) {
            delegate.releasePermission();
        }
        meters.withdrawn(nanos);
    }

    /**
     * How long an open breaker still refuses calls.
     *
     * @return the time, zero if it does not
     */
    public Duration remainingWait() {
        long now = environment.clock().nanoTime();
        long remaining = Math.max(openUntilNanos - now, heldUntilNanos - now);
        boolean open = delegate.getState() == CircuitBreaker.State.OPEN;
        return open && remaining > 0 ? Duration.ofNanos(remaining) : Duration.ZERO;
    }

    /**
     * The state.
     *
     * @return {@code closed}, {@code open}, {@code half_open}, {@code forced_open}, {@code disabled} (forced closed) or {@code metrics_only}
     */
    public String state() {
        return delegate.getState().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public LocalCircuit look() {
        CircuitBreaker.Metrics metrics = delegate.getMetrics();
        LocalCircuit.State state = switch (delegate.getState()) {
            case OPEN, FORCED_OPEN -> LocalCircuit.State.OPEN;
            case HALF_OPEN -> LocalCircuit.State.HALF_OPEN;
            default -> LocalCircuit.State.CLOSED;
        };
        boolean wasRefused = refused;
        refused = false;
        int calls = metrics.getNumberOfBufferedCalls();
        return new LocalCircuit(
                state,
                openings,
                calls,
                metrics.getNumberOfFailedCalls(),
                calls >= config.minimumCalls(),
                wasRefused,
                config.waitInOpen().toNanos());
    }

    @Override
    public synchronized void obey(Order order) {
        long now = environment.clock().nanoTime();
        heldUntilNanos = order.kind() == Order.Kind.WAIT ? now + ORDERS_HOLD.toNanos() : now;
        if (order.kind() == Order.Kind.OPEN && delegate.getState() == CircuitBreaker.State.CLOSED) {
            delegate.transitionToOpenState();
            seen = CircuitBreaker.State.OPEN; // not by its own counts: no opening
            begin();
            openUntilNanos = now + config.waitInOpen().toNanos();
            recorder.record("circuit-breaker", name, "opened without a failure of its own: " + order.reason());
        }
    }

    /**
     * The numbers in use.
     *
     * @return the numbers
     */
    public CircuitBreakerConfig config() {
        return config;
    }

    /**
     * A breaker with other numbers in this one's place. It takes over the state; an open one stays open for the rest of its wait (but not longer than the new wait); the
     * window is taken over as counts of good, failed and slow calls, scaled down where the new window is smaller. If all of those counts together are beyond the new thresholds, it opens.
     * Calls under way end at this breaker and are not counted in the new one.
     *
     * @param changed the new numbers
     * @return the new breaker, whose metrics replace this one's
     */
    public synchronized Breaker changedTo(CircuitBreakerConfig changed) {
        period++; // whatever its timer finds, this breaker does not act any more
        halfOpenTimer.getAndSet(() -> {}).close();
        Breaker next = new Breaker(this, changed);
        CircuitBreaker.State state = delegate.getState();
        if (state == CircuitBreaker.State.CLOSED) {
            new Replay(delegate.getMetrics(), config, next.delegate, changed).run();
            next.observe();
        } else if (stepsAlone()) {
            Duration remaining = remainingWait();
            Duration rest = remaining.compareTo(changed.waitInOpen()) < 0 ? remaining : changed.waitInOpen();
            next.reopen(rest, state == CircuitBreaker.State.HALF_OPEN);
        }
        meters.follow(next.delegate);
        return next;
    }

    private void reopen(Duration rest, boolean halfOpen) {
        delegate.transitionToOpenStateFor(rest.isZero() ? Duration.ofNanos(1) : rest);
        seen = CircuitBreaker.State.OPEN;
        openUntilNanos = environment.clock().nanoTime() + rest.toNanos();
        if (halfOpen) {
            delegate.transitionToHalfOpenState();
            observe();
        }
    }

    /** Takes its metrics away and stops its timer. */
    public synchronized void close() {
        period++;
        halfOpenTimer.getAndSet(() -> {}).close();
        meters.close();
    }
}
