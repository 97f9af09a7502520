package io.holdfast.sharding.entity;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The scope of one entity: leads to the changes of the call that runs on the present thread. */
final class LiveScope implements EntityScope {
    private static final ThreadLocal<Entered> ENTERED = new ThreadLocal<>();
    private static final long MAX_DELAY_MILLIS = Duration.ofDays(36_500).toMillis();

    private record Entered(LiveScope scope, Turn turn) {}

    private final EntityId id;
    private final int version;
    private final Supplier<Kept> kept;
    private final LongSupplier wallMillis;

    LiveScope(EntityId id, int version, Supplier<Kept> kept, LongSupplier wallMillis) {
        this.id = id;
        this.version = version;
        this.kept = kept;
        this.wallMillis = wallMillis;
    }

    /** From now on this thread runs a call of this entity. */
    void enter(Turn turn) {
        ENTERED.set(new Entered(this, turn));
    }

    /** This thread runs no call any more. */
    static void exit() {
        ENTERED.remove();
    }

    private Changes changes() {
        @Nullable Entered entered = ENTERED.get();
        if (entered == null || entered.scope() != this) {
            throw new IllegalStateException(
                    "the state of " + id
                            + " may be used by the thread of its call only, until the call has ended; answer with a copy instead");
        }
        return entered.turn().changes();
    }

    @Override
    public Optional<Stored> state() {
        return changes().state(kept.get());
    }

    @Override
    public void state(Optional<byte[]> bytes) {
        changes().state(kept.get(), version, bytes);
    }

    /** Later than the present one of that name, so that one that asks for itself anew is another. */
    @Override
    public void remind(String name, Duration delay) {
        Changes changes = changes();
        Kept now = kept.get();
        long millis = delay.compareTo(Duration.ofMillis(MAX_DELAY_MILLIS)) > 0
                ? MAX_DELAY_MILLIS
                : Math.max(0, delay.toMillis());
        long due = wallMillis.getAsLong() + millis;
        Long present = now.row().reminders().get(name);
        changes.remind(now, name, present != null && present == due ? due + 1 : due);
    }

    @Override
    public void forget(String name) {
        changes().forget(name);
    }
}
