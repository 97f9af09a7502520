package io.holdfast.replication.crdt;

import io.holdfast.core.NotAppliedException;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Causal;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A map whose values are replicated values themselves (OR-map; Almeida et al. 2018, section 7.4). A key is there as soon as its value is written to. Removing a key takes away what its writer had seen: an update elsewhere
 * that did not know of it brings the key back, with what that update wrote; for a counter, with all that the updating store had added to it since a removal that this store knew.
 *
 * <p>A key may have values of several kinds; they are different values, and go together. {@link Causal}, but for values of the kind {@link CrdtRegister}, as that says.
 *
 * @param <K> the keys; equal keys must have equal bytes by the codec
 */
public final class CrdtMap<K> extends Crdt implements Causal {
    static final int MAX_KEY = 4096;

    private final TypeCodec<K> codec;

    CrdtMap(Place place, TypeCodec<K> codec) {
        super(place);
        this.codec = codec;
    }

    private Path path(K key) {
        byte[] bytes = codec.encode(Place.required(key, "a key of a map"));
        if (bytes.length > MAX_KEY) {
            throw new NotAppliedException("a key of map " + name() + " (" + bytes.length + " bytes) must be at most "
                    + MAX_KEY + " bytes; keep the long part in the value");
        }
        WireWriter out = new WireWriter();
        out.bytes(bytes);
        return Path.of(out.bytes());
    }

    private Place child(K key, Kind kind) {
        return place().at(path(key).then(new byte[] {(byte) kind.ordinal()}));
    }

    /**
     * The counter of a key.
     *
     * @param key not null
     * @return a handle; reading it does not make the key
     * @throws io.holdfast.core.NotAppliedException if the key is longer than 4 KiB
     */
    public CrdtCounter counter(K key) {
        return new CrdtCounter(child(key, Kind.COUNTER));
    }

    /**
     * The flag of a key, of which on wins.
     *
     * @param key not null
     * @return a handle; reading it does not make the key
     * @throws io.holdfast.core.NotAppliedException if the key is longer than 4 KiB
     */
    public CrdtFlag flag(K key) {
        return new CrdtFlag(child(key, Kind.ENABLE_WINS_FLAG), true);
    }

    /**
     * The register of a key, of which the last write wins.
     *
     * @param key not null
     * @param values how values are encoded
     * @param <V> the value
     * @return a handle; reading it does not make the key
     * @throws io.holdfast.core.NotAppliedException if the key is longer than 4 KiB
     */
    public <V> CrdtRegister<V> register(K key, TypeCodec<V> values) {
        return new CrdtRegister<>(child(key, Kind.LAST_WRITER_REGISTER), values);
    }

    /**
     * The register of a key that keeps concurrent writes side by side.
     *
     * @param key not null
     * @param values how values are encoded
     * @param <V> the value
     * @return a handle; reading it does not make the key
     * @throws io.holdfast.core.NotAppliedException if the key is longer than 4 KiB
     */
    public <V> CrdtMultiRegister<V> multiRegister(K key, TypeCodec<V> values) {
        return new CrdtMultiRegister<>(child(key, Kind.MULTI_VALUE_REGISTER), values);
    }

    /**
     * The set of a key.
     *
     * @param key not null
     * @param elements how elements are encoded
     * @param <E> the elements
     * @return a handle; reading it does not make the key
     * @throws io.holdfast.core.NotAppliedException if the key is longer than 4 KiB
     */
    public <E> CrdtSet<E> set(K key, TypeCodec<E> elements) {
        return new CrdtSet<>(child(key, Kind.SET), elements);
    }

    /**
     * Removes a key with all its values, as far as this node sees them, at once.
     *
     * @param key not null
     */
    public void remove(K key) {
        place().at(path(key)).removeAll();
    }

    /**
     * Whether this node sees a key.
     *
     * @param key not null
     * @return true if it has a value
     */
    public boolean contains(K key) {
        boolean[] found = {false};
        place().view().from(path(key), node -> {
            found[0] = true;
            return false;
        });
        return found[0];
    }

    /**
     * The keys that this node sees, all at one instant.
     *
     * @return a copy
     * @throws io.holdfast.core.CodecException if one is not of this type
     */
    public Set<K> keys() {
        Set<K> all = new LinkedHashSet<>();
        place().view().from(Path.ROOT, node -> {
            WireReader in = new WireReader("key of a map", node.path().bytes());
            K key = codec.decode(in.bytes("key", MAX_KEY));
            if (key != null) {
                all.add(key);
            }
            return true;
        });
        return all;
    }

    /** Removes all keys that this node sees. */
    public void clear() {
        place().update((view, actor) -> new Edit(Place.below(view, Path.ROOT), List.of()));
    }
}
