package io.holdfast.sharding.handoff;

import io.holdfast.core.loop.Outbox;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How this node leaves: when it owns nothing, when nobody is there to take it, or when its time is over. Belongs to the protocol's thread. */
final class Departure {
    private final Outlook outlook;
    private boolean begun;
    private boolean over;
    private boolean late;

    Departure(Outlook outlook) {
        this.outlook = outlook;
    }

    void begin(Duration limit, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (!begun) {
            begun = true;
            out.publish(new ShardEvent.Leaving());
            out.wakeAt(nowNanos + limit.toNanos(), new ShardTimer.LeaveOver());
        }
    }

    void onLate() {
        late = true;
    }

    /** Looks whether this node may go. */
    void step(BooleanSupplier busy, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (!begun || over) {
            return;
        }
        long owned = outlook.map().shards().stream()
                .filter(own -> outlook.isSelf(own.owner()))
                .count();
        if (late || (owned == 0 && !busy.getAsBoolean()) || !isAnybodyThere()) {
            over = true;
            out.publish(new ShardEvent.Left((int) owned));
        }
    }

    private boolean isAnybodyThere() {
        return outlook.members().stream()
                .anyMatch(each ->
                        !each.member().leaving() && !each.member().host().equals(outlook.self()));
    }
}
