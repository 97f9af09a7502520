package io.holdfast.replication.saga;

import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a bounded number of attempts run at once; the others wait in order. An attempt that has passed its time is interrupted and reported as of unknown outcome, but its place is free only when its thread has
 * come back. Belongs to the loop.
 */
final class StepDesk {
    private final SagaLoop loop;
    private final StepRunner runner;
    private final int atOnce;
    private final SagaMeters meters;
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private volatile int queued; // written on the loop
    private volatile int running; // written on the loop

    StepDesk(SagaLoop loop, StepRunner runner, int atOnce, SagaMeters meters) {
        this.loop = loop;
        this.runner = runner;
        this.atOnce = atOnce;
        this.meters = meters;
        meters.watch(this);
    }

    /** Runs an attempt, now or when there is room; its end is told on the loop, once. */
    Ticket call(Invocation invocation, BiConsumer<byte @Nullable [], @Nullable Throwable> end) {
        Ticket ticket = new Ticket(invocation, end);
        waiting.add(ticket);
        next();
        return ticket;
    }

    int running() {
        return running;
    }

    int waiting() {
        return queued;
    }

    private void next() {
        while (running < atOnce && !waiting.isEmpty()) {
            Ticket ticket = waiting.poll();
            if (ticket != null && !ticket.over) {
                ticket.begin();
            }
        }
        queued = waiting.size();
    }

    /** An attempt that was asked for. */
    final class Ticket {
        private final Invocation invocation;
        private final BiConsumer<byte @Nullable [], @Nullable Throwable> end;
        private StepRunner.@Nullable Running attempt;
        private @Nullable Registration timer;
        private boolean over;
        private long beganNanos;

        Ticket(Invocation invocation, BiConsumer<byte @Nullable [], @Nullable Throwable> end) {
            this.invocation = invocation;
            this.end = end;
        }

        Invocation invocation() {
            return invocation;
        }

        private void begin() {
            running++;
            beganNanos = loop.nanoTime();
            StepRunner.Running begun = runner.start(invocation);
            attempt = begun;
            Duration timeout = invocation.timeout();
            timer = loop.schedule(timeout, () -> {
                begun.interrupt();
                report(
                        null,
                        new UnknownOutcomeException(
                                "step " + invocation.step() + " did not answer within " + timeout.toMillis() + " ms"));
            });
            begun.ended()
                    .whenComplete((result, error) -> loop.post(() -> {
                        running--;
                        report(result, error);
                        next();
                    }));
        }

        private void report(byte @Nullable [] result, @Nullable Throwable error) {
            if (timer != null) {
                timer.close();
            }
            if (!over) {
                over = true;
                if (attempt != null) {
                    String how = result != null
                            ? "done"
                            : Outcomes.of(error).failure().name();
                    meters.attempted(invocation, how.toLowerCase(Locale.ROOT), loop.nanoTime() - beganNanos);
                }
                end.accept(result, error);
            }
        }

        /** Ends it soon: what has not begun never does, what runs is interrupted and reports when it comes back. */
        void interrupt() {
            if (attempt != null) {
                attempt.interrupt();
            } else if (!over) {
                report(
                        null,
                        new OverloadedException(
                                "step " + invocation.step() + " had to wait and is not wanted any more",
                                Duration.ofMillis(1)));
            }
        }

        /** Nobody wants to hear of it any more. */
        void abandon() {
            over = true;
            if (timer != null) {
                timer.close();
            }
            interrupt();
        }
    }
}
