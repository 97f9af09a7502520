package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdmissionConfig;
import io.holdfast.circuitbreaker.overload.Arrivals.Reason;
import io.holdfast.core.DurationText;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.ProcessLoad;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Decides at a server whether a call may begin (Beyer et al., Site Reliability Engineering, chapter 21): by processor and heap, by how long calls wait for a thread, and by a learnt limit where one is
 * configured; the lowest criticality is refused first.
 *
 * <p>The course of a call: {@link #arrive} before it is queued, {@link #begin} when a thread takes it up, {@link #end} when it has ended, once for each call that was let in by {@code arrive},
 * whatever {@code begin} said. A call that was refused has done nothing. Safe for use by many threads; a call that is let in costs some counters.
 */
public final class Admission implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final int WAITING_CHANGES = 100;

    private final AdmissionConfig config;
    private final Environment environment;
    private final FlightRecorder recorder;
    private final Arrivals arrivals = new Arrivals();
    private final QueueDelay queue;
    private final Pressure cpu;
    private final Pressure heap;
    private final @Nullable AdaptiveLimiter limiter;
    private final ProcessLoad load;
    private final BrownOut brownOut;
    private final ExecutorService listeners;
    private final OverloadMeters meters;
    private volatile Registration timer = () -> {};
    private volatile boolean closed;

    private Admission(
            AdmissionConfig config, Environment environment, MeterRegistry registry, FlightRecorder recorder) {
        this.config = config;
        this.environment = environment;
        this.recorder = recorder;
        long now = environment.clock().nanoTime();
        this.queue = new QueueDelay(config.queueTarget(), config.queueInterval(), now);
        this.cpu = new Pressure(config.cpuThreshold(), Criticality.CRITICAL.ordinal());
        this.heap = new Pressure(config.heapThreshold(), Criticality.CRITICAL_PLUS.ordinal());
        this.limiter = config.adaptiveLimit()
                .map(numbers -> new AdaptiveLimiter(numbers, environment.clock()))
                .orElse(null);
        this.load = environment.load();
        this.listeners = environment.threads().serial("holdfast-brown-out", WAITING_CHANGES);
        this.brownOut = new BrownOut(config.brownOutHold(), listeners);
        this.meters = new OverloadMeters("server", registry);
        if (config.enabled()) {
            publish(registry);
            timer = environment.scheduler().schedule(TICK, this::tick);
        }
    }

    /**
     * Begins to watch.
     *
     * @param config the numbers
     * @param environment clock, timer, load
     * @param meters where the metrics go
     * @param recorder where changes of the brown-out level are noted
     * @return the admission; close it with the server
     */
    public static Admission of(
            AdmissionConfig config, Environment environment, MeterRegistry meters, FlightRecorder recorder) {
        return new Admission(config, environment, meters, recorder);
    }

    private void publish(MeterRegistry registry) {
        if (limiter != null) {
            meters.limiter(limiter);
        }
        for (Reason reason : Reason.values()) {
            meters.refused(reason.name().toLowerCase(Locale.ROOT), each -> arrivals.count(each, reason));
        }
        meters.add(
                OverloadMetric.PRESSURE.gauge(cpu::level).tag("resource", "cpu").register(registry));
        meters.add(OverloadMetric.PRESSURE
                .gauge(heap::level)
                .tag("resource", "heap")
                .register(registry));
        meters.add(
                OverloadMetric.BROWN_OUT.gauge(() -> brownOut.level().ordinal()).register(registry));
    }

    /**
     * A call has come.
     *
     * @param criticality its class
     * @param nowNanos the monotonic clock's reading
     * @return null if it may be queued, and {@link #end} must follow once; otherwise why not
     */
    public @Nullable OverloadedException arrive(Criticality criticality, long nowNanos) {
        if (!config.enabled()) {
            return null;
        }
        arrivals.came(criticality);
        if (cpu.refuses(criticality)) {
            return refuse(criticality, Reason.CPU);
        }
        if (heap.refuses(criticality)) {
            return refuse(criticality, Reason.HEAP);
        }
        if (queue.refusesToQueue(criticality, nowNanos)) {
            return refuse(criticality, Reason.QUEUE);
        }
        return limiter == null || limiter.enter(criticality) ? null : refuse(criticality, Reason.LIMIT);
    }

    /**
     * A thread has taken the call up. Not for a call that begins where it arrives.
     *
     * @param criticality its class
     * @param arrivedNanos the clock's reading when it arrived
     * @param nowNanos the monotonic clock's reading
     * @return null if it may begin; otherwise why not, and it ends {@link Outcome#DROPPED}
     */
    public @Nullable OverloadedException begin(Criticality criticality, long arrivedNanos, long nowNanos) {
        return config.enabled() && queue.refusesToBegin(criticality, nowNanos - arrivedNanos, nowNanos)
                ? refuse(criticality, Reason.QUEUE)
                : null;
    }

    /**
     * A call that was let in has ended, or could not be queued.
     *
     * @param criticality its class
     * @param outcome what it says
     * @param tookNanos how long it took since it arrived
     * @param nowNanos the monotonic clock's reading
     */
    public void end(Criticality criticality, Outcome outcome, long tookNanos, long nowNanos) {
        if (limiter != null && config.enabled()) {
            limiter.leave(criticality, outcome, tookNanos, nowNanos);
        }
    }

    private OverloadedException refuse(Criticality criticality, Reason reason) {
        arrivals.refused(criticality, reason);
        return OverloadedException.withoutTrace(
                "a " + criticality + " call was refused before it began: " + why(reason)
                        + "; slow callers down, add a node, or give calls that matter a higher criticality",
                retryAfter(reason));
    }

    private String why(Reason reason) {
        return switch (reason) {
            case LIMIT ->
                limiter == null
                        ? ""
                        : limiter.inflight() + " calls run and " + limiter.limit()
                                + " may, as learnt (holdfast.server.admission.adaptive-limit)";
            case QUEUE ->
                "calls wait for a thread longer than holdfast.server.admission.queue-target ("
                        + DurationText.of(config.queueTarget()) + ")";
            case CPU ->
                "the processors are used beyond holdfast.server.admission.cpu-threshold ("
                        + Math.round(config.cpuThreshold() * 100) + "%)";
            case HEAP ->
                "the heap is used beyond holdfast.server.admission.heap-threshold ("
                        + Math.round(config.heapThreshold() * 100) + "%)";
        };
    }

    private Duration retryAfter(Reason reason) {
        return switch (reason) {
            case LIMIT -> {
                Duration mean = Duration.ofNanos(limiter == null ? 0 : limiter.meanNanos());
                Duration atLeast = mean.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : mean;
                yield atLeast.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : atLeast;
            }
            case QUEUE -> config.queueInterval();
            case CPU, HEAP -> LONGEST_WAIT;
        };
    }

    private void tick() {
        if (closed) {
            return;
        }
        long now = environment.clock().nanoTime();
        cpu.tick(load.cpu());
        heap.tick(load.heap());
        BrownOut.Level before = brownOut.level();
        if (brownOut.tick(arrivals.calledFor(), now)) {
            recorder.record(
                    "overload",
                    "server",
                    "brown-out level " + before + " to " + brownOut.level() + "; refused since the start: "
                            + arrivals.reasons() + (queue.standing() ? "; the queue of calls stands" : ""));
        }
        timer = environment.scheduler().schedule(TICK, this::tick);
    }

    /**
     * How hard this server is pressed.
     *
     * @return the level, for the application to read
     */
    public BrownOut brownOut() {
        return brownOut;
    }

    /** Ends the watching; calls under way may still end. */
    @Override
    public void close() {
        closed = true;
        timer.close();
        meters.close();
        listeners.shutdown();
    }
}
