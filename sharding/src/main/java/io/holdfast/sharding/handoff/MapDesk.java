package io.holdfast.sharding.handoff;

import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.map.ShardMap;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where this node commits maps: one at a time. After one that did not surely come to pass it waits for what the table says. Belongs to the protocol's thread. */
final class MapDesk {
    private final Outlook outlook;
    private long number;
    private @Nullable ShardMap underWay;
    private Consumer<Outbox<ShardMessage, ShardTimer, ShardEvent>> then = out -> {};
    private boolean looksAgain;
    private long looksSinceNanos;

    MapDesk(Outlook outlook) {
        this.outlook = outlook;
    }

    boolean isFree() {
        return underWay == null && !looksAgain;
    }

    /**
     * Commits a map.
     *
     * @param next the map
     * @param done runs when it surely came to pass
     * @param out takes the commit
     */
    void commit(
            ShardMap next,
            Consumer<Outbox<ShardMessage, ShardTimer, ShardEvent>> done,
            Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        underWay = next;
        then = done;
        out.publish(new ShardEvent.CommitMap(++number, next, outlook.rules().mapCondition(next)));
    }

    /** The map, if it is committed now. */
    Optional<ShardMap> onCommitted(
            ShardRequest.MapCommitted committed, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        ShardMap next = underWay;
        if (committed.number() != number || next == null) {
            return Optional.empty();
        }
        underWay = null;
        if (outlook.rules().isCommitted(committed.outcome())) {
            then.accept(out);
            return Optional.of(next);
        }
        looksAgain = true;
        looksSinceNanos = nowNanos;
        out.publish(new ShardEvent.ReadMap(nowNanos, outlook.map().revision()));
        return Optional.empty();
    }

    void onRead(long beganNanos) {
        if (looksAgain && beganNanos - looksSinceNanos >= 0) {
            looksAgain = false;
        }
    }
}
