package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One shard on this node: how it comes to be served here, and how it ends. What comes and what ends are told apart, since a shard may come back while its last calls still end. Belongs to the protocol's
 * thread.
 */
final class Seat {
    /** How far the shard has come. */
    private sealed interface Stage {
        /** It is none of this node's. */
        record Idle() implements Stage {}

        /** This node shall probably own it. */
        record Warming(Epoch epoch, boolean warm, long sinceNanos) implements Stage {}

        /** This node owns it; the previous owner has not said that all is over, and its lease may hold. */
        record Waiting(Ownership own, long sinceNanos) implements Stage {}

        /** Nothing of an earlier owner is answered any more; the fence is not put yet. */
        record Fencing(Epoch epoch, long askedNanos) implements Stage {}

        /** The fence is a later owner's, which the map does not know. */
        record Overtaken(Epoch epoch, Epoch fence, long foundNanos) implements Stage {}

        /** This node serves it. */
        record Serving(Epoch epoch) implements Stage {}
    }

    /** A tenure that is over by the map, while calls may be under way. */
    private record Ending(Epoch epoch, boolean stopped) {}

    private static final Stage IDLE = new Stage.Idle();

    private final int shard;
    private final ShardingConfig config;
    private final Outlook outlook;
    private final HandoffRules rules;
    private Stage stage = IDLE;
    private @Nullable Ending ending;
    /** The last epoch of this host of which it knows that nothing before it is answered any more. */
    private Epoch cleared = Epoch.ZERO;

    Seat(int shard, ShardingConfig config, Outlook outlook) {
        this.shard = shard;
        this.config = config;
        this.outlook = outlook;
        this.rules = outlook.rules();
    }

    boolean isServing() {
        return stage instanceof Stage.Serving;
    }

    /** Whether calls may be under way here. */
    boolean isBusy() {
        return isServing() || ending != null;
    }

    /** The map's word on this shard has changed. */
    void onOwnership(long nowNanos, long beganNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Ownership own = outlook.at(shard);
        if (stage instanceof Stage.Serving serving && !rules.keeps(own, serving.epoch(), outlook.self())) {
            end(own, serving.epoch(), nowNanos, out);
        } else if (!(stage instanceof Stage.Serving) && !goesOn(own)) {
            stage = IDLE;
        }
        if (stage instanceof Stage.Idle) {
            begin(own, nowNanos, beganNanos, out);
        }
        release(out);
    }

    private void begin(
            Ownership own, long nowNanos, long beganNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (outlook.isSelf(own.owner())) {
            await(own, nowNanos, beganNanos, out);
        } else if (outlook.isSelf(own.target())) {
            stage = new Stage.Warming(own.epoch(), false, nowNanos);
            out.publish(new ShardEvent.Warm(shard, own.epoch()));
        }
    }

    private boolean goesOn(Ownership own) {
        if (stage instanceof Stage.Warming warming) {
            return outlook.isSelf(own.target()) && own.epoch().equals(warming.epoch());
        } else if (stage instanceof Stage.Waiting waiting) {
            return rules.keeps(own, waiting.own().epoch(), outlook.self())
                    || isHandedOn(own, waiting.own().epoch());
        } else if (stage instanceof Stage.Fencing fencing) {
            return rules.keeps(own, fencing.epoch(), outlook.self());
        } else if (stage instanceof Stage.Overtaken overtaken) {
            return rules.keeps(own, overtaken.epoch(), outlook.self());
        }
        return false;
    }

    /** The shard goes on before it was served here. The next owner waits for a word of this host, which has to wait for its predecessor's first. */
    private boolean isHandedOn(Ownership own, Epoch epoch) {
        return own.handsOver() && outlook.isSelf(own.previous()) && own.epoch().equals(epoch.next());
    }

    private void await(
            Ownership own, long nowNanos, long beganNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Stage.Waiting waiting = new Stage.Waiting(own, rules.waitsFrom(nowNanos, beganNanos));
        stage = waiting;
        if (rules.isFirst(own)) {
            clear(own.epoch(), nowNanos, out);
            return;
        }
        out.wakeAt(until(waiting), new ShardTimer.WaitOver(shard, own.epoch()));
        ask(waiting, out);
    }

    private long until(Stage.Waiting waiting) {
        Ownership own = waiting.own();
        boolean gone = own.previous().filter(outlook::isGone).isPresent();
        return waiting.sinceNanos()
                + rules.patience(own, gone, rules.waitOut(outlook.lease()), config.drainLimit())
                        .toNanos();
    }

    private void ask(Stage.Waiting waiting, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Ownership own = waiting.own();
        if (own.handsOver()) {
            own.previous()
                    .flatMap(outlook::address)
                    .ifPresent(to -> out.send(
                            to,
                            new ShardMessage.MayI(
                                    shard, own.epoch(), outlook.map().revision())));
        }
    }

    /** Nothing of an earlier owner is answered any more. */
    private void clear(Epoch epoch, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        cleared = epoch;
        if (rules.keeps(outlook.at(shard), epoch, outlook.self())) {
            readFence(epoch, nowNanos, out);
        } else {
            stage = IDLE;
            release(out);
        }
    }

    private void readFence(Epoch epoch, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        stage = new Stage.Fencing(epoch, nowNanos);
        out.publish(new ShardEvent.ReadFence(shard, epoch));
    }

    void onReleased(ShardMessage.Released released, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (stage instanceof Stage.Waiting waiting
                && rules.isReleased(waiting.own(), released.epoch(), released.by())) {
            clear(waiting.own().epoch(), nowNanos, out);
        }
    }

    void onWaitOver(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (stage instanceof Stage.Waiting waiting && nowNanos - until(waiting) >= 0) {
            clear(waiting.own().epoch(), nowNanos, out);
        }
    }

    /**
     * The fence was read.
     *
     * @return whether it is a later owner's, so that this node's map is old
     */
    boolean onFence(ShardRequest.FenceRead read, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (!(stage instanceof Stage.Fencing fencing) || !fencing.epoch().equals(read.epoch())) {
            return false;
        }
        Optional<Fence> found = read.fence();
        if (found.filter(fence -> rules.isMine(fence, read.epoch(), outlook.self()))
                .isPresent()) {
            serve(read.epoch(), found.orElseThrow().version(), out);
        } else if (found.filter(fence -> !rules.isEarlier(fence, read.epoch())).isPresent()) {
            stage = new Stage.Overtaken(read.epoch(), found.orElseThrow().epoch(), nowNanos);
            return true;
        } else if (rules.servesUnfenced()) {
            serve(read.epoch(), rules.fenceCondition(found), out);
        } else {
            stage = new Stage.Fencing(read.epoch(), nowNanos);
            out.publish(new ShardEvent.CommitFence(shard, read.epoch(), rules.fenceCondition(found)));
        }
        return false;
    }

    void onFenced(
            ShardRequest.FenceCommitted committed, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (stage instanceof Stage.Fencing fencing && fencing.epoch().equals(committed.epoch())) {
            if (rules.isCommitted(committed.outcome())) {
                serve(committed.epoch(), committed.expected() + 1, out);
            } else {
                readFence(fencing.epoch(), nowNanos, out);
            }
        }
    }

    private void serve(Epoch epoch, long fenceVersion, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (ending != null && !ending.stopped()) {
            stop(ending.epoch(), out);
        }
        stage = new Stage.Serving(epoch);
        out.publish(new ShardEvent.Serve(shard, epoch, fenceVersion));
        outlook.leaderAddress().ifPresent(to -> out.send(to, new ShardMessage.Served(shard, epoch)));
    }

    private void end(Ownership own, Epoch epoch, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        stage = IDLE;
        if (isHandedOn(own, epoch)) {
            ending = new Ending(epoch, false);
            out.publish(new ShardEvent.Drain(shard, epoch));
            out.wakeAt(nowNanos + config.drainLimit().toNanos(), new ShardTimer.DrainOver(shard, epoch));
        } else {
            stop(epoch, out);
        }
    }

    private void stop(Epoch epoch, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        ending = new Ending(epoch, true);
        out.publish(new ShardEvent.Stop(shard, epoch));
    }

    void onDrainOver(Epoch epoch, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (ending != null && ending.epoch().equals(epoch) && !ending.stopped()) {
            stop(epoch, out);
        }
    }

    void onEnded(Epoch epoch, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (ending != null && ending.epoch().equals(epoch)) {
            ending = null;
            release(out);
        }
    }

    /** Tells the next owner that all is over, if it is. */
    void release(Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Ownership own = outlook.at(shard);
        if (own.handsOver() && outlook.isSelf(own.previous()) && rules.mayRelease(isBusy(), cleared, own.epoch())) {
            Host self = outlook.self();
            own.owner()
                    .flatMap(outlook::address)
                    .ifPresent(to -> out.send(to, new ShardMessage.Released(shard, own.epoch(), self)));
        }
    }

    void onWarmed(Epoch epoch, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (stage instanceof Stage.Warming warming && warming.epoch().equals(epoch)) {
            stage = new Stage.Warming(epoch, true, warming.sinceNanos());
            ready(epoch, out);
        }
    }

    private void ready(Epoch epoch, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        outlook.leaderAddress().ifPresent(to -> out.send(to, new ShardMessage.Ready(shard, epoch, outlook.self())));
    }

    /** Asks and tells again what may have been lost. */
    void onTick(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (stage instanceof Stage.Warming warming) {
            boolean longEnough =
                    nowNanos - warming.sinceNanos() >= config.drainLimit().toNanos();
            if (warming.warm() || longEnough) {
                ready(warming.epoch(), out);
            }
        } else if (stage instanceof Stage.Waiting waiting) {
            ask(waiting, out);
            onWaitOver(nowNanos, out);
        } else if (stage instanceof Stage.Fencing fencing
                && nowNanos - fencing.askedNanos() >= outlook.lease().toNanos()) {
            readFence(fencing.epoch(), nowNanos, out);
        } else if (stage instanceof Stage.Overtaken overtaken && outlook.wasReadSince(overtaken.foundNanos())) {
            // a fence is put after its epoch stands in the map: a map read later that does not know it is of an older
            // backup
            outlook.leaderAddress()
                    .ifPresent(to ->
                            out.send(to, new ShardMessage.Overtaken(shard, overtaken.epoch(), overtaken.fence())));
        }
    }
}
