package io.holdfast.replication.crdt;

import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Eventual;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A value of which the last write wins (Shapiro et al. 2011, section 3.2.1), by a hybrid clock: a write wins over all that its writer had seen, and of two that knew nothing of each other the one with the later wall
 * clock. A node whose clock is ahead wins until the others' clocks have passed.
 *
 * <p>{@link Eventual}: a write may be dropped for another that did not know of it. Take a {@link CrdtMultiRegister} if that must not be.
 *
 * @param <V> the value
 */
public final class CrdtRegister<V> extends Crdt implements Eventual {
    private final TypeCodec<V> codec;

    CrdtRegister(Place place, TypeCodec<V> codec) {
        super(place);
        this.codec = codec;
    }

    /**
     * Writes, on this node at once.
     *
     * @param value not null
     * @throws io.holdfast.core.CodecException if the value cannot be encoded; nothing changed
     * @throws io.holdfast.core.NotAppliedException if a bound of the space is reached; nothing changed
     */
    public void set(V value) {
        byte[] bytes = codec.encode(Place.required(value, "the value of a register"));
        Path path = place().path();
        Instant now = place().now();
        place().update((view, actor) -> {
            List<Entry> entries = view.get(path);
            return Edit.replace(entries, path, Stamped.next(entries, now, bytes));
        });
    }

    /** Removes the value that this node sees. A write that it did not see stays. */
    public void clear() {
        place().removeAll();
    }

    /**
     * The value that wins among those that have come here.
     *
     * @return the value; empty if there is none
     * @throws io.holdfast.core.CodecException if it is not of this type
     */
    public Optional<V> value() {
        return Stamped.latest(place().entries()).map(winner -> codec.decode(winner.value()));
    }
}
