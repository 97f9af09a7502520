package io.holdfast.sharding.handoff;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardRules;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** What operators want changed, in order; any node commits it. Belongs to the protocol's thread. */
final class Wishes {
    private static final int MAX_WAITING = 64;

    private final Outlook outlook;
    private final MapDesk desk;
    private final Queue<ShardRequest.ChangeRules> waiting = new ArrayDeque<>();

    Wishes(Outlook outlook, MapDesk desk) {
        this.outlook = outlook;
        this.desk = desk;
    }

    void add(ShardRequest.ChangeRules wish, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (waiting.size() >= MAX_WAITING) {
            out.publish(new ShardEvent.RulesChanged(
                    wish.id(),
                    Optional.of(new UnavailableException(
                            MAX_WAITING + " changes of the rules wait already; try again later"))));
        } else {
            waiting.add(wish);
        }
    }

    void step(Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        while (!waiting.isEmpty()
                && desk.isFree()
                && outlook.wasRead()
                && outlook.map().revision() > 0) {
            carryOut(waiting.element(), out);
        }
    }

    private void carryOut(ShardRequest.ChangeRules wish, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        ShardMap map = outlook.map();
        ShardRules wanted;
        try {
            wanted = wish.change().apply(map);
        } catch (IllegalArgumentException e) {
            waiting.remove();
            out.publish(new ShardEvent.RulesChanged(wish.id(), Optional.of(e)));
            return;
        }
        if (wanted.equals(map.rules())) {
            waiting.remove();
            out.publish(new ShardEvent.RulesChanged(wish.id(), Optional.empty()));
        } else {
            desk.commit(map.withRules(wanted), then -> {}, out);
        }
    }
}
