package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.OpenLoop;
import io.holdfast.core.env.Environment;
import io.holdfast.entity.Entities;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Goes through many notes again and again, key by key, so that what was used least is always what comes next and no memory of fewer keys spares a read. Some keys are always written, the others always read:
 * after the first round the rows are as many as they will be. Safe for use by many threads.
 */
final class NoteLoad implements OpenLoop.Deed {
    private final Environment environment;
    private final Entities entities;
    private final int keys;
    private final int writePercent;
    private final AtomicIntegerArray acknowledged;
    private final AtomicLong begun = new AtomicLong();
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder leftOut = new LongAdder();
    private volatile String lastFailure = "none";

    NoteLoad(Environment environment, Entities entities, int keys, int writePercent) {
        this.environment = environment;
        this.entities = entities;
        this.keys = keys;
        this.writePercent = writePercent;
        this.acknowledged = new AtomicIntegerArray(keys);
    }

    /** As fast as the callers can, each key once, or until a moment. */
    void fill(int callers, long endNanos) throws InterruptedException {
        new Callers(environment, (caller, number) -> next())
                .run(callers, () -> begun.get() >= keys || environment.clock().nanoTime() > endNanos);
    }

    @Override
    public void begin(long number, Runnable over) {
        next().whenComplete((count, failure) -> over.run());
    }

    @Override
    public void leaveOut() {
        leftOut.increment();
    }

    private CompletionStage<Long> next() {
        int key = (int) (begun.getAndIncrement() % keys);
        Note note = entities.ref(Note.class, key(key));
        int before = acknowledged.get(key);
        boolean write = key % 100 < writePercent;
        return (write ? note.write() : note.count()).whenComplete((count, failure) -> {
            if (failure != null) {
                failed.increment();
                lastFailure = String.valueOf(failure);
                return;
            }
            done.increment();
            if (write) {
                acknowledged.incrementAndGet(key);
            }
            if (count < before + (write ? 1 : 0)) {
                lost.increment();
            }
        });
    }

    /** All are of one length, so that they weigh the same. */
    static String key(int number) {
        return Bars.text("note-%08d", number);
    }

    /** Different keys that were called so far. */
    long distinct() {
        return Math.min(keys, begun.get());
    }

    long done() {
        return done.sum();
    }

    long failed() {
        return failed.sum();
    }

    /** Answers that lack an acknowledged write. */
    long lost() {
        return lost.sum();
    }

    long notSent() {
        return leftOut.sum();
    }

    String lastFailure() {
        return lastFailure;
    }
}
