package io.holdfast.sharding.entity;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.sharding.entity.EntityType.Entity;
import io.holdfast.sharding.entity.EntityType.Reply;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something that an entity is to do, when its turn comes: a call or a reminder. */
abstract class Turn {
    private final EntityId entity;
    private final CompletableFuture<Served> result = new CompletableFuture<>();
    private final Changes changes = new Changes();
    private final Runner runner = new Runner();
    private volatile boolean orphaned;
    private int copies; // guarded by this
    private int here = 1; // guarded by this

    Turn(EntityId entity, int copies) {
        this.entity = entity;
        this.copies = copies;
    }

    final EntityId entity() {
        return entity;
    }

    /** Completes with what came of it, or fails with a {@link io.holdfast.core.HoldfastException}. */
    final CompletableFuture<Served> result() {
        return result;
    }

    final Changes changes() {
        return changes;
    }

    final Runner runner() {
        return runner;
    }

    /** Nothing of it may be kept any more: what it stood on is gone. */
    final void orphan() {
        orphaned = true;
    }

    final boolean isOrphaned() {
        return orphaned;
    }

    /** Takes an attempt of the same call, which gets the same answer. */
    final synchronized void join(int its) {
        copies = Math.max(copies, its);
        here++;
    }

    /** How many attempts of it there may be, here and on their way. */
    final synchronized int copies() {
        return copies;
    }

    /** Whether an attempt may still come after this one is answered: then what is answered must be stored first, even if nothing was changed. */
    final synchronized boolean mayComeAgain() {
        return here < copies;
    }

    /** What stands for it in the path of what it causes. */
    abstract long mark();

    /** What names it, or null if it cannot come twice. */
    abstract @Nullable CallId id();

    /** Whether another one waits until this one has ended. */
    abstract boolean isCausedBy(Turn other);

    abstract CallContext context();

    final Deadline deadline() {
        return context().deadline();
    }

    /** What came of it at an earlier time, or null if it surely was not done. */
    abstract @Nullable Served seen(EntityRow row);

    /** Runs the user's code. */
    abstract Reply run(Entity live) throws Exception;

    /** Whether there is something to commit. */
    abstract boolean isDirty(EntityRow row);

    /** The row in which it was done, with what it changed or, if that is taken back, without. */
    abstract EntityRow done(EntityRow row, Served.Outcome outcome, boolean changed);
}
