package io.holdfast.sharding.entity;

import io.holdfast.sharding.entity.EntityType.Reply;
import java.util.ArrayDeque;

/** The way from a turn's end to its answer: what was changed is committed first, one commit after the other. Safe for use by many threads. */
final class Settlement {
    /** The largest answer. */
    static final int MAX_ANSWER = 512 << 10;

    /** A turn and what is to be answered; whether what it changed is kept. */
    private record Pending(Turn turn, Served.Outcome outcome, boolean changed) {}

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
            return nothingChanged(turn, Refusals.tooLarge(entity.id(), reply.bytes().length, MAX_ANSWER));
        }
        Served.Answered answer = new Served.Answered(reply.bytes());
        boolean dirty = turn.isDirty(entity.kept().row());
        if (dirty && reply.keep()) {
            return submit(new Pending(turn, answer, true));
        }
        if (dirty) {
            entity.takeBack(turn);
        }
        return nothingChanged(turn, answer);
    }

    /**
     * Answers a turn of which nothing is to be kept. What it read must still be the latest when it is answered: by the lease, or since nobody has written meanwhile. If an earlier attempt may still be on its
     * way the outcome is stored all the same: else that one would be done after its caller has had another answer.
     *
     * @return whether it is over; if not, the entity is told to go on when it is
     */
    boolean nothingChanged(Turn turn, Served.Outcome outcome) {
        if (turn.mayComeAgain()) {
            return submit(new Pending(turn, outcome, false));
        }
        if (outcome instanceof Served.Failed || shard.tenure().holds()) {
            return endUnstored(turn, outcome);
        }
        long version = entity.kept().version();
        shard.store().load(entity.id()).whenComplete((found, error) -> {
            boolean over = true;
            if (error != null) {
                entity.end(turn, Refusals.notLoaded(entity.id(), error));
            } else if (found.version() == version) {
                over = endUnstored(turn, outcome);
            } else {
                entity.leave(Departure.MOVED);
                entity.end(turn, Served.MOVED);
            }
            if (over) {
                entity.proceed();
            }
        });
        return false;
    }

    /** An attempt that needs the outcome to be stored may have joined the turn since it was looked at. */
    private boolean endUnstored(Turn turn, Served.Outcome outcome) {
        return entity.endUnstored(turn, outcome) || submit(new Pending(turn, outcome, false));
    }

    private boolean submit(Pending next) {
        synchronized (this) {
            pending.add(next);
            if (pending.size() > 1) {
                return false;
            }
        }
        commit(next);
        return false;
    }

    private void commit(Pending next) {
        Turn turn = next.turn();
        Kept before = entity.kept();
        if (turn.isOrphaned()) {
            over(turn, Served.MOVED);
        } else if (next.changed() && turn.changes().outdated(before)) {
            overtaken(turn);
        } else {
            EntityRow after = turn.done(before.row(), next.outcome(), next.changed());
            shard.store().commit(entity.id(), before, after).whenComplete((applied, error) -> {
                if (error != null) {
                    notCommitted(turn, Refusals.bare(error));
                } else if (applied) {
                    entity.committed(new Kept(after, before.version() + 1));
                    shard.reminders().changed(entity.id(), before.row(), after);
                    over(turn, next.outcome());
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
            entity.end(turn, Refusals.notCommitted(entity.id(), error));
        } else {
            shard.reminders().doubt();
            entity.doubt(turn);
            entity.end(turn, Refusals.lost(entity.id(), error));
        }
        goOn();
    }

    /** What it changed cannot be kept; that it failed may have to be stored. */
    private void overtaken(Turn turn) {
        Served.Failed outcome = Refusals.overtaken(entity.id());
        entity.takeBack(turn);
        if (entity.endUnstored(turn, outcome)) {
            goOn();
        } else {
            commit(new Pending(turn, outcome, false));
        }
    }

    private void over(Turn turn, Served served) {
        entity.end(turn, served);
        goOn();
    }

    /** The first one is settled: what the next one stands on is known. */
    private void goOn() {
        Pending next;
        synchronized (this) {
            pending.poll();
            next = pending.peek();
        }
        if (next != null) {
            commit(next);
        }
        entity.proceed();
    }
}
