package io.holdfast.sharding.job;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.sharding.Tenure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service or a worker in one tenure: begun, and begun again after a failure, until the shard goes. For use by the thread of the jobs. */
final class ServiceStay implements Stay {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceStay.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration MAX_AGAIN = Duration.ofMinutes(1);

    /**
     * What is kept alive.
     *
     * @param name for people: {@code singleton/<name>} or {@code pool/<name>}
     * @param start begins it
     * @param serves whether it is alive after {@code start} has returned; a worker is alive until then
     * @param stop ends what {@code start} has begun
     */
    record Life(String name, Start start, boolean serves, BodyRunner.Body stop) {}

    /** Begins something under a tenure. */
    @FunctionalInterface
    interface Start {
        void run(Tenure tenure) throws Exception;
    }

    /** How long a service may take to stop when its shard is lost already, and nobody waits for it. */
    static final Duration LAST_STOP = Duration.ofSeconds(5);

    private final Life life;
    private final Tenure tenure;
    private final JobThread thread;
    private final BodyRunner runner;
    private final Telemetry telemetry;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int failures;
    private boolean leaving;
    private boolean lost;
    private boolean stopping;
    private BodyRunner.@Nullable Running body;
    private @Nullable Registration pause;

    private ServiceStay(Life life, Tenure tenure, JobThread thread, BodyRunner runner, Telemetry telemetry) {
        this.life = life;
        this.tenure = tenure;
        this.thread = thread;
        this.runner = runner;
        this.telemetry = telemetry;
    }

    static ServiceStay begin(Life life, Tenure tenure, JobThread thread, BodyRunner runner, Telemetry telemetry) {
        ServiceStay stay = new ServiceStay(life, tenure, thread, runner, telemetry);
        stay.start();
        return stay;
    }

    private void start() {
        long began = thread.nanoTime();
        run(() -> life.start().run(tenure), error -> {
            if (error == null && life.serves()) {
                failures = 0;
                if (leaving) {
                    stopService();
                }
            } else {
                fell(error, thread.nanoTime() - began);
            }
        });
    }

    private void run(BodyRunner.Body what, Consumer<@Nullable Throwable> then) {
        CallContext context = CallContext.EMPTY.withFencingToken(tenure.epoch().value());
        BodyRunner.Running begun = runner.start(context, what);
        body = begun;
        thread.ask(begun::ended, (any, error) -> {
            body = null;
            then.accept(error);
        });
    }

    private void fell(@Nullable Throwable error, long nanos) {
        if (!leaving) {
            failures = nanos > MAX_AGAIN.toNanos() ? 1 : failures + 1;
            JobMetric.RESIDENT_FAILED
                    .counter()
                    .tag("resident", life.name())
                    .register(telemetry.meters())
                    .increment();
            LOG.warn(
                    "{} {} in epoch {}; it is begun again after a pause",
                    life.name(),
                    error == null ? "returned" : "failed",
                    tenure.epoch(),
                    error);
        }
        stopService();
    }

    private void stopService() {
        stopping = true;
        if (lost) {
            interruptLate();
        }
        run(life.stop(), error -> {
            stopping = false;
            if (error != null) {
                LOG.warn("{} failed to stop in epoch {}", life.name(), tenure.epoch(), error);
            }
            if (leaving) {
                ended.complete(null);
            } else {
                pause = thread.schedule(pauseTime(), this::again);
            }
        });
    }

    /** Doubles with each failure in a row, up to a minute. */
    private Duration pauseTime() {
        Duration time = AGAIN.multipliedBy(1L << Math.min(failures - 1, 10));
        return time.compareTo(MAX_AGAIN) < 0 ? time : MAX_AGAIN;
    }

    private void again() {
        if (pause != null && !leaving) {
            pause = null;
            start();
        }
    }

    @Override
    public void drain() {
        if (leaving) {
            return;
        }
        leaving = true;
        if (pause != null) {
            pause.close();
            pause = null;
            ended.complete(null);
        } else if (body == null) {
            stopService();
        } else if (!stopping) {
            body.interrupt();
        }
    }

    /** What is interrupted is what was under way before: a stop that only begins now has its time. */
    @Override
    public void stop() {
        if (lost) {
            return; // once is enough: a second one would hit what the first has begun
        }
        lost = true;
        boolean drained = leaving;
        boolean failed = stopping;
        drain();
        if (drained && body != null) {
            body.interrupt();
        } else if (failed) {
            interruptLate();
        }
    }

    private void interruptLate() {
        Registration late = thread.schedule(LAST_STOP, () -> {
            if (body != null) {
                body.interrupt();
            }
        });
        ended.whenComplete((any, error) -> late.close());
    }

    @Override
    public CompletionStage<?> ended() {
        return ended;
    }
}
