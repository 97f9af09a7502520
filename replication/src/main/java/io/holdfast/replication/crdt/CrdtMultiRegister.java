package io.holdfast.replication.crdt;

import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Causal;
import java.util.List;
import java.util.Objects;

/**
 * A value of which writes that did not know of each other stand side by side until somebody who has seen them writes (multi-value register; Shapiro et al. 2011, section 3.2.2).
 *
 * <p>{@link Causal}: no write is dropped for one that did not know of it.
 *
 * @param <V> the value
 */
public final class CrdtMultiRegister<V> extends Crdt implements Causal {
    private final TypeCodec<V> codec;

    CrdtMultiRegister(Place place, TypeCodec<V> codec) {
        super(place);
        this.codec = codec;
    }

    /**
     * Writes in place of all values that this node sees, at once.
     *
     * @param value not null
     * @throws io.holdfast.core.CodecException if the value cannot be encoded; nothing changed
     * @throws io.holdfast.core.NotAppliedException if a bound of the space is reached; nothing changed
     */
    public void set(V value) {
        byte[] bytes = codec.encode(Place.required(value, "the value of a register"));
        Path path = place().path();
        place().update((view, actor) -> Edit.replace(view.get(path), path, bytes));
    }

    /** Removes the values that this node sees. A write that it did not see stays. */
    public void clear() {
        place().removeAll();
    }

    /**
     * The values that nobody has overwritten, as far as this node knows.
     *
     * @return in an order that is the same on all nodes; empty if there is none, several after writes that did not know of each other
     * @throws io.holdfast.core.CodecException if one is not of this type
     */
    public List<V> values() {
        return place().entries().stream()
                .map(entry -> codec.decode(entry.value()))
                .filter(Objects::nonNull)
                .toList();
    }
}
