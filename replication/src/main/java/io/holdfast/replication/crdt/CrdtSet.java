package io.holdfast.replication.crdt;

import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Causal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A set of which an add wins over a remove that did not know of it (OR-set without tombstones; Almeida et al. 2018, section 7.3).
 *
 * <p>{@link Causal}: a remove takes away what its writer had seen and nothing else, and nothing removed comes back.
 *
 * @param <E> the elements; equal elements must have equal bytes by the codec, so no hash maps within
 */
public final class CrdtSet<E> extends Crdt implements Causal {
    private static final byte[] NOTHING = {};

    private final TypeCodec<E> codec;

    CrdtSet(Place place, TypeCodec<E> codec) {
        super(place);
        this.codec = codec;
    }

    private Path path(E element) {
        return place().path().then(codec.encode(Place.required(element, "an element of a set")));
    }

    /**
     * Adds, on this node at once. Adding what is there already protects it from a remove elsewhere that does not know of this add.
     *
     * @param element not null
     * @throws io.holdfast.core.CodecException if it cannot be encoded; nothing changed
     * @throws io.holdfast.core.NotAppliedException if a bound of the space is reached; nothing changed
     */
    public void add(E element) {
        Path path = path(element);
        place().update((view, actor) -> Edit.replace(view.get(path), path, NOTHING));
    }

    /**
     * Removes, on this node at once. An add elsewhere that this node has not seen wins.
     *
     * @param element not null
     * @throws io.holdfast.core.CodecException if it cannot be encoded; nothing changed
     */
    public void remove(E element) {
        Path path = path(element);
        place().update((view, actor) -> new Edit(view.get(path), List.of()));
    }

    /** Removes all elements that this node sees. */
    public void clear() {
        place().removeAll();
    }

    /**
     * Whether this node sees an element.
     *
     * @param element not null
     * @return true if it is in the set
     * @throws io.holdfast.core.CodecException if it cannot be encoded
     */
    public boolean contains(E element) {
        return !place().view().get(path(element)).isEmpty();
    }

    /**
     * The elements that this node sees, all at one instant.
     *
     * @return a copy, in the order of their bytes
     * @throws io.holdfast.core.CodecException if one is not of this type
     */
    public Set<E> elements() {
        Set<E> all = new LinkedHashSet<>();
        Path prefix = place().path();
        place().view().from(prefix, node -> {
            E element = codec.decode(node.path().after(prefix));
            if (element != null) {
                all.add(element);
            }
            return true;
        });
        return all;
    }

    /**
     * How many elements this node sees. It counts them.
     *
     * @return zero or more
     */
    public int size() {
        int[] count = {0};
        place().view().from(place().path(), node -> ++count[0] > 0);
        return count[0];
    }
}
