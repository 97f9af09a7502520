package io.holdfast.sharding.entity;

import io.holdfast.core.HoldfastException;
import io.holdfast.sharding.entity.EntityType.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entity on this node, from the call that brings it into memory until it has left again. There is one object for each key of a shard at a time, and one life of the user's object in it. Safe for use by
 * many threads; users' code, reads and commits run outside its lock.
 */
final class LiveEntity {
    /** Where it stands. */
    private enum Phase {
        /** Nobody has called it yet. */
        NEW,
        /** Its row is on the way. */
        LOADING,
        /** It does what is in its mailbox. */
        READY,
        /** It has nothing to do, and may leave. */
        RESTING,
        /** It leaves; what comes meanwhile waits for the next life. */
        LEAVING,
        /** It has left; ask for another. */
        GONE
    }

    private final HostedShard shard;
    private final HostSide side;
    private final EntityId id;
    private final EntityType type;
    private final Mailbox mailbox;
    private final LiveScope scope;
    private final Settlement settlement;
    private final Life life;

    private Phase phase = Phase.NEW; // this and all below: guarded by this
    private Kept kept = new Kept(EntityRow.EMPTY, 0);
    private boolean doubtful; // a commit is lost on its way
    private boolean departing;
    private Departure departure = Departure.MOVED;

    LiveEntity(HostedShard shard, EntityId id, EntityType type) {
        this.shard = shard;
        this.side = shard.side();
        this.id = id;
        this.type = type;
        this.mailbox = new Mailbox(side.limits().waiting(), type.traits().reentrant());
        this.scope = new LiveScope(id, type.traits().stateVersion(), this::kept, side::wallMillis);
        this.settlement = new Settlement(this, shard);
        this.life = new Life(type, id, scope, side);
    }

    EntityId id() {
        return id;
    }

    synchronized Kept kept() {
        return kept;
    }

    /**
     * Takes something to do, or refuses it.
     *
     * @return false if this one has left: then look for another
     */
    boolean offer(Turn turn) {
        Runnable then;
        synchronized (this) {
            if (phase == Phase.GONE) {
                return false;
            }
            Mailbox.Entry entry = mailbox.offer(turn, phase == Phase.READY);
            then = switch (entry) {
                case JOINED -> () -> {};
                case FULL -> () -> turn.result().completeExceptionally(Refusals.full(id, side.limits()));
                case REENTERS ->
                    () -> turn.result()
                            .complete(turn.mayComeAgain() ? Refusals.perhapsReenters(id) : Refusals.reenters(id));
                case BESIDE -> () -> start(turn);
                case AWAY -> () -> turn.result().complete(Served.MOVED);
                case WAITS -> waits();
            };
        }
        then.run();
        return true;
    }

    private Runnable waits() {
        if (phase == Phase.NEW) {
            phase = Phase.LOADING;
            return this::load;
        }
        if (phase == Phase.RESTING && side.resting().wake(this)) {
            phase = Phase.READY;
        }
        return phase == Phase.READY ? this::proceed : () -> {};
    }

    private void load() {
        boolean seal;
        synchronized (this) {
            if (phase != Phase.LOADING) {
                return; // it was stopped meanwhile
            }
            seal = doubtful;
        }
        if (seal) {
            shard.store().seal(id).whenComplete((found, error) -> sealed(found, error));
        } else {
            shard.store().load(id).whenComplete((found, error) -> {
                if (error == null) {
                    loaded(found);
                } else {
                    notLoaded(error);
                }
            });
        }
    }

    private void sealed(@Nullable Optional<Kept> found, @Nullable Throwable error) {
        if (found == null) {
            notLoaded(error);
        } else if (found.isPresent()) {
            loaded(found.get());
        } else {
            leave(Departure.MOVED);
        }
    }

    private void loaded(Kept found) {
        synchronized (this) {
            if (phase != Phase.LOADING) {
                return;
            }
            kept = found;
            doubtful = false;
            phase = Phase.READY;
        }
        proceed();
    }

    private void notLoaded(@Nullable Throwable error) {
        List<Turn> refused;
        boolean again;
        synchronized (this) {
            refused = mailbox.takeWaiting();
            again = doubtful && phase == Phase.LOADING;
        }
        HoldfastException reason = Refusals.notLoaded(id, error);
        refused.forEach(turn -> turn.result().completeExceptionally(reason));
        if (again) {
            side.later(this::load); // until then nobody knows what it is
        } else {
            side.meters().activated(id.type(), false);
            leave(Departure.FAILED);
        }
    }

    /** Begins what is next, if it may. */
    void proceed() {
        Turn next = next();
        if (next != null) {
            start(next);
        }
    }

    /** What is to run now; without anything it goes to rest. */
    private @Nullable Turn next() {
        boolean crowded = false;
        synchronized (this) {
            if (phase == Phase.READY) {
                Turn next = mailbox.begin();
                if (next != null) {
                    return next;
                }
                if (mailbox.isEmpty()) {
                    phase = Phase.RESTING;
                    crowded = side.resting().rest(this, weight(), type.traits().idle());
                }
            }
        }
        if (crowded) {
            side.sweepSoon();
        }
        depart();
        return null;
    }

    private int weight() {
        return 1024
                + 2 * kept.row().stateBytes()
                + kept.row().window().bytes()
                + 2 * id.key().length();
    }

    private void start(Turn turn) {
        if (!side.execute(() -> run(turn))) {
            end(turn, Refusals.busy(side.limits()));
            proceed();
        }
    }

    /** Does one thing after the other, as long as none has to wait for the table. */
    private void run(Turn first) {
        Turn turn = first;
        while (turn != null && step(turn)) {
            turn = next();
        }
    }

    /** Whether the turn is over when it returns. */
    private boolean step(Turn turn) {
        try {
            Refusals.ifOver(turn, side.nanoTime());
            Served seen = turn.isOrphaned() ? Served.MOVED : turn.seen(kept().row());
            if (seen != null) {
                end(turn, seen);
                return true;
            }
        } catch (HoldfastException refused) {
            end(turn, refused);
            return true;
        }
        if (!turn.runner().begin()) {
            end(turn, Served.MOVED);
            return true;
        }
        Reply reply;
        try {
            reply = invoke(turn);
        } catch (Throwable failure) { // users' code may throw anything; the caller hears of it
            takeBack(turn);
            if (isAlone()) {
                life.closeSpent();
            }
            return threw(turn, failure);
        }
        return settlement.settle(turn, reply);
    }

    /** Whether no other turn can still be inside the user's object. */
    private synchronized boolean isAlone() {
        return mailbox.running().size() == 1;
    }

    @SuppressWarnings("try") // the scope is the effect
    private Reply invoke(Turn turn) throws Exception {
        side.running().add(turn);
        scope.enter(turn);
        try (var context = CallPath.within(turn.context(), turn.mark()).open()) {
            return turn.run(life.live());
        } finally {
            LiveScope.exit();
            side.running().remove(turn);
            turn.runner().end();
        }
    }

    /** Whether the turn is over when it returns. */
    private boolean threw(Turn turn, Throwable failure) {
        if (turn.deadline().isExpired(side.nanoTime())) {
            end(turn, Refusals.stopped(id));
        } else if (turn.runner().isStopped() || turn.isOrphaned()) {
            end(turn, Served.MOVED);
        } else {
            side.failed(id, failure);
            return settlement.nothingChanged(turn, Refusals.threw(failure));
        }
        return true;
    }

    /** What the user's object remembers of changes that were not kept must not outlive them. */
    void takeBack(Turn turn) {
        synchronized (this) {
            if (turn.isDirty(kept.row()) && mailbox.running().size() == 1) {
                life.discard();
            }
        }
    }

    /** A turn is over; whoever calls this goes on with {@link #proceed}, or is the loop of {@link #run}. */
    void end(Turn turn, Served served) {
        synchronized (this) {
            mailbox.end(turn);
        }
        turn.result().complete(served);
    }

    void end(Turn turn, HoldfastException error) {
        synchronized (this) {
            mailbox.end(turn);
        }
        turn.result().completeExceptionally(error);
    }

    /**
     * Ends a turn of which nothing is stored, unless that must be.
     *
     * @return false if it must be stored that it was done, since an attempt of it may still be on its way: then it goes on
     */
    boolean endUnstored(Turn turn, Served.Outcome outcome) {
        synchronized (this) {
            if (turn.mayComeAgain()) {
                return false;
            }
            mailbox.end(turn);
        }
        turn.result().complete(outcome);
        return true;
    }

    void committed(Kept after) {
        synchronized (this) {
            kept = after;
        }
    }

    /** A commit is lost on its way: nothing in memory counts until the row is sealed. One that was about to leave stays for that, unless a later owner fences its shard: that seals it too. */
    void doubt(Turn lost) {
        List<Turn> orphans;
        synchronized (this) {
            if (phase == Phase.GONE || phase == Phase.LEAVING && shard.isClosed()) {
                return;
            }
            phase = Phase.LOADING;
            doubtful = true;
            life.discard();
            orphans = orphans(lost);
        }
        orphans.forEach(turn -> turn.runner().stop());
        load();
    }

    /** What runs on what does not count any more, and need not go on. */
    private List<Turn> orphans(Turn except) {
        List<Turn> orphans =
                mailbox.running().stream().filter(turn -> turn != except).toList();
        orphans.forEach(Turn::orphan);
        return orphans;
    }

    /** It has rested too long, or has to make room. */
    void evicted(boolean idle) {
        synchronized (this) {
            if (phase != Phase.RESTING) {
                return;
            }
            phase = Phase.LEAVING;
            departure = idle ? Departure.IDLE : Departure.MEMORY;
        }
        depart();
    }

    /** Nothing new begins; what waits is sent away unless what runs waits for it, and that may end. */
    void turnAway() {
        List<Turn> away;
        synchronized (this) {
            away = mailbox.takeWaiting();
        }
        away.forEach(shard::offer); // which sends away what nobody here waits for
    }

    /** Its shard is lost. */
    void stop() {
        List<Turn> stopped;
        synchronized (this) {
            stopped = mailbox.running();
        }
        leave(Departure.MOVED);
        stopped.forEach(turn -> turn.runner().stop());
    }

    /** It is not to be trusted any more: it leaves as soon as nothing runs. */
    void leave(Departure why) {
        List<Turn> away;
        synchronized (this) {
            if (phase == Phase.GONE || phase == Phase.LEAVING) {
                return;
            }
            if (phase == Phase.RESTING) {
                side.resting().wake(this); // or the sweep tells it later, which changes nothing then
            }
            phase = Phase.LEAVING;
            departure = why;
            away = mailbox.takeWaiting();
            mailbox.running().forEach(Turn::orphan);
        }
        away.forEach(turn -> turn.result().complete(Served.MOVED));
        depart();
    }

    /** The last act, once nothing runs. */
    private void depart() {
        boolean empty;
        Departure why;
        synchronized (this) {
            if (phase != Phase.LEAVING || departing || mailbox.isRunning()) {
                return;
            }
            departing = true;
            why = departure;
            empty = life.isEmpty();
        }
        boolean begun = !empty
                && side.leave(() -> {
                    life.end(why);
                    gone();
                });
        if (!begun) {
            gone();
        }
    }

    private void gone() {
        List<Turn> next;
        synchronized (this) {
            phase = Phase.GONE;
            next = mailbox.takeWaiting();
        }
        shard.forget(this);
        next.forEach(shard::offer);
    }
}
