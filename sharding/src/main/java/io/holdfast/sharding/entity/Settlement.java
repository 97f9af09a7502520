package io.holdfast.sharding.entity;

import io.holdfast.core.HoldfastException;
import io.holdfast.sharding.entity.EntityType.Reply;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way from a turn's end to its answer: what was changed is committed first, one commit after the other. Safe for use by many threads. */
final class Settlement {
    /** The largest answer. */
    static final int MAX_ANSWER = 512 << 10;

    private record Pending(Turn turn, Reply reply) {}

    private final LiveEntity entity;
    private final HostedShard shard;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>(1); // guarded by this; the first is on its way

    Settlement(LiveEntity entity, HostedShard shard) {
        this.entity = entity;
        this.shard = shard;
    }

    /**
     * Answers a turn that has run, now or later.
     *
     * @return whether it is over; if not, the entity is told to go on when it is
     */
    boolean settle(Turn turn, Reply reply) {
        if (turn.isOrphaned()) {
            entity.end(turn, Served.MOVED);
            return true;
        }
        if (reply.bytes().length > MAX_ANSWER) {
            entity.takeBack(turn);
            entity.end(turn, Refusals.tooLarge(entity.id(), reply.bytes().length, MAX_ANSWER));
            return true;
        }
        boolean dirty = turn.isDirty(entity.kept().row());
        if (!dirty || !reply.keep()) {
            if (dirty) {
                entity.takeBack(turn);
            }
            return unchanged(turn, reply);
        }
        Pending next = new Pending(turn, reply);
        synchronized (this) {
            pending.add(next);
            if (pending.size() > 1) {
                return false;
            }
        }
        commit(next);
        return false;
    }

    /** What was read must still be the latest when it is answered: by the lease, or since nobody has written meanwhile. */
    private boolean unchanged(Turn turn, Reply reply) {
        if (shard.tenure().holds()) {
            entity.end(turn, new Served.Answered(reply.bytes()));
            return true;
        }
        long version = entity.kept().version();
        shard.store().load(entity.id()).whenComplete((found, error) -> {
            if (error != null) {
                entity.end(turn, Refusals.notLoaded(entity.id(), error));
            } else if (found.version() == version) {
                entity.end(turn, new Served.Answered(reply.bytes()));
            } else {
                entity.leave(Departure.MOVED);
                entity.end(turn, Served.MOVED);
            }
            entity.proceed();
        });
        return false;
    }

    private void commit(Pending next) {
        Turn turn = next.turn();
        Kept before = entity.kept();
        if (turn.isOrphaned()) {
            over(turn, Served.MOVED);
        } else if (turn.changes().outdated(before)) {
            entity.takeBack(turn);
            over(turn, Refusals.overtaken(entity.id()));
        } else {
            EntityRow after = turn.done(before.row(), next.reply().bytes());
            shard.store().commit(entity.id(), before, after).whenComplete((applied, error) -> {
                if (error != null) {
                    notCommitted(turn, Refusals.bare(error));
                } else if (applied) {
                    entity.committed(new Kept(after, before.version() + 1));
                    shard.reminders().changed(entity.id(), before.row(), after);
                    over(turn, new Served.Answered(next.reply().bytes()));
                } else {
                    entity.leave(Departure.MOVED);
                    over(turn, Served.MOVED);
                }
            });
        }
    }

    private void notCommitted(Turn turn, Throwable error) {
        if (Refusals.isSafe(error)) {
            entity.takeBack(turn);
            over(turn, null, Refusals.notCommitted(entity.id(), error));
        } else {
            shard.reminders().doubt();
            entity.doubt(turn);
            over(turn, null, Refusals.lost(entity.id(), error));
        }
    }

    private void over(Turn turn, Served served) {
        over(turn, served, null);
    }

    /** The next one first: what it stands on is settled. */
    private void over(Turn turn, @Nullable Served served, @Nullable HoldfastException error) {
        Pending next;
        synchronized (this) {
            pending.poll();
            next = pending.peek();
        }
        if (error == null) {
            entity.end(turn, Objects.requireNonNull(served, "an outcome without error is served"));
        } else {
            entity.end(turn, error);
        }
        if (next != null) {
            commit(next);
        }
        entity.proceed();
    }
}
