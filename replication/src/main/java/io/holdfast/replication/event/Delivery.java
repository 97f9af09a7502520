package io.holdfast.replication.event;

import io.holdfast.core.env.Environment;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch on its way through the handler: as a whole, again if it fails, and then event by event, so that one that is poison does not keep the others. For the group's one thread.
 */
final class Delivery<E> {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** Who is told how it went; always on the group's thread. */
    interface Outcome<E> {
        /** All before this offset is dealt with, and there is no more to do. */
        void onDone(long next);

        /** An event has failed as often as it may. {@link Delivery#resume} goes on. */
        void onPoison(LoggedEvent<E> event, Throwable error);

        /** Something failed and comes again. */
        void onFailure(Throwable error);

        /** Whether nothing more shall begin. */
        boolean isStopping();

        /** It was given up at this offset. */
        void onStopped(long next);
    }

    /** What a group's deliveries have in common. */
    record Ways<E>(
            Environment environment, Executor turns, HandlerThreads threads, EventHandler<E> handler, int attempts) {}

    private final Ways<E> ways;
    private final EventBatch<E> batch;
    private final Outcome<E> outcome;
    private final Pauses pauses = new Pauses();
    /** -1 while the batch is tried as a whole. */
    private int single = -1;

    private int failed;

    Delivery(Ways<E> ways, EventBatch<E> batch, Outcome<E> outcome) {
        this.ways = ways;
        this.batch = batch;
        this.outcome = outcome;
    }

    private EventBatch<E> present() {
        return single < 0 ? batch : batch.only(single);
    }

    void attempt() {
        if (outcome.isStopping()) {
            outcome.onStopped(present().events().get(0).offset());
            return;
        }
        ways.threads
                .call(ways.handler, present())
                .whenComplete((done, error) -> ways.turns.execute(() -> handled(error)));
    }

    private void handled(@Nullable Throwable error) {
        if (error == null) {
            proceed();
            return;
        }
        failed++;
        outcome.onFailure(error);
        if (failed < ways.attempts) {
            LOG.debug("a handler failed on partition {}; it is tried again", batch.partition(), error);
            ways.environment.scheduler().schedule(pauses.next(), () -> ways.turns.execute(this::attempt));
        } else if (single < 0 && batch.events().size() > 1) {
            single = 0;
            begin();
        } else {
            single = Math.max(0, single);
            outcome.onPoison(batch.events().get(single), error);
        }
    }

    private void begin() {
        failed = 0;
        pauses.reset();
        attempt();
    }

    /** The present part is dealt with. */
    private void proceed() {
        if (single < 0 || single == batch.events().size() - 1) {
            outcome.onDone(batch.next());
        } else {
            single++;
            begin();
        }
    }

    /** Goes on after poison. */
    void resume(boolean skip) {
        if (skip) {
            proceed();
        } else {
            begin();
        }
    }
}
