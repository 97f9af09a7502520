package io.holdfast.sharding.handoff;

import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.map.ShardMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where this node commits maps: one at a time. After one that did not surely come to pass it waits for what the table says. Belongs to the protocol's thread. */
final class MapDesk {
    private final HandoffRules rules;
    private long number;
    private @Nullable ShardMap underWay;
    private boolean looksAgain;
    private long looksSinceNanos;

    MapDesk(HandoffRules rules) {
        this.rules = rules;
    }

    boolean isFree() {
        return underWay == null && !looksAgain;
    }

    void commit(ShardMap next, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        underWay = next;
        out.publish(new ShardEvent.CommitMap(++number, next, rules.mapCondition(next)));
    }

    /** The map, if it is committed now. */
    Optional<ShardMap> onCommitted(
            ShardRequest.MapCommitted committed, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        ShardMap next = underWay;
        if (committed.number() != number || next == null) {
            return Optional.empty();
        }
        underWay = null;
        if (rules.isCommitted(committed.outcome())) {
            return Optional.of(next);
        }
        looksAgain = true;
        looksSinceNanos = nowNanos;
        out.publish(new ShardEvent.ReadMap(nowNanos));
        return Optional.empty();
    }

    void onRead(long beganNanos) {
        if (looksAgain && beganNanos - looksSinceNanos >= 0) {
            looksAgain = false;
        }
    }
}
