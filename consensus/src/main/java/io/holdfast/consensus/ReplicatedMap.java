package io.holdfast.consensus;

import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Registration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A map that all nodes agree on, sorted by its keys' bytes. Writes are linearizable and are done once, however often they had to be sent; reads are linearizable unless they ask for less.
 *
 * <p>Methods wait until the running {@link io.holdfast.core.call.CallContext}'s deadline, or five seconds; never call them on a thread of the transport or of a listener. Every method may throw
 * {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.UnavailableException} or {@link io.holdfast.core.OverloadedException} (surely not done: try again),
 * {@link io.holdfast.core.UnknownOutcomeException} (a write that may have been done: read the key before trying again), {@link io.holdfast.consensus.session.RefusedException} (a limit of
 * the map or the group is reached), {@link io.holdfast.core.CodecException} (the value is not of the type that the map was written with) and {@link IllegalArgumentException} (a key is longer than
 * 4 KiB, or a command than 512 KiB). Values are at most about 500 KiB, ten million keys and 1 GiB a map.
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public final class ReplicatedMap<K, V> {
    private final AsyncReplicatedMap<K, V> async;

    ReplicatedMap(AsyncReplicatedMap<K, V> async) {
        this.async = async;
    }

    /**
     * The map's name.
     *
     * @return the name
     */
    public String name() {
        return async.name();
    }

    /**
     * The same map for those who do not wait.
     *
     * @return the other form
     */
    public AsyncReplicatedMap<K, V> async() {
        return async;
    }

    /**
     * Reads a key: sees every write that was acknowledged to anyone before.
     *
     * @param key the key
     * @return its value, or empty
     */
    public Optional<V> get(K key) {
        return Waiting.await(async.get(key));
    }

    /**
     * Reads a key with its history.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value, or empty
     */
    public Optional<Versioned<V>> entry(K key, ReadConsistency consistency) {
        return Waiting.await(async.entry(key, consistency));
    }

    /**
     * Sets a key, for ever.
     *
     * @param key the key
     * @param value the value
     * @return what came of it; always applied
     */
    public Written<V> put(K key, V value) {
        return Waiting.await(async.put(key, value));
    }

    /**
     * Sets a key.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts; what it had before is forgotten
     * @return what came of it; always applied
     */
    public Written<V> put(K key, V value, PutOptions options) {
        return Waiting.await(async.put(key, value, options));
    }

    /**
     * Sets a key that is not there.
     *
     * @param key the key
     * @param value the value
     * @return what came of it, and what stood there if it was not applied
     */
    public Written<V> putIfAbsent(K key, V value) {
        return putIfAbsent(key, value, PutOptions.NONE);
    }

    /**
     * Sets a key that is not there.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts
     * @return what came of it, and what stood there if it was not applied
     */
    public Written<V> putIfAbsent(K key, V value, PutOptions options) {
        return Waiting.await(async.putIfAbsent(key, value, options));
    }

    /**
     * Sets a key that is there.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public Written<V> replace(K key, V value) {
        return Waiting.await(async.replace(key, value));
    }

    /**
     * Sets a key that has a certain version.
     *
     * @param key the key
     * @param value the value
     * @param version the version that it must have
     * @return what came of it, and what stood there if it was not applied
     */
    public Written<V> replace(K key, V value, long version) {
        return Waiting.await(async.replace(key, value, version));
    }

    /**
     * Sets a key that has a certain value, compared by its encoded bytes.
     *
     * @param key the key
     * @param expected the value that it must have
     * @param value the new value
     * @return what came of it, and what stood there if it was not applied
     */
    public Written<V> compareAndSet(K key, V expected, V value) {
        return Waiting.await(async.compareAndSet(key, expected, value));
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return what came of it, and what was removed; not applied if there was nothing
     */
    public Written<V> remove(K key) {
        return Waiting.await(async.remove(key));
    }

    /**
     * Removes a key that has a certain version.
     *
     * @param key the key
     * @param version the version that it must have
     * @return what came of it
     */
    public Written<V> remove(K key, long version) {
        return Waiting.await(async.remove(key, version));
    }

    /**
     * Sets many keys at one revision: all or none.
     *
     * @param entries at most 4,096 entries and 512 KiB
     * @return the revision
     */
    public long putAll(Map<K, V> entries) {
        return Waiting.await(async.putAll(entries));
    }

    /**
     * How many keys there are. Costs the same for any number.
     *
     * @param consistency how fresh the answer must be
     * @return the number
     */
    public long size(ReadConsistency consistency) {
        return Waiting.await(async.size(consistency));
    }

    /**
     * Reads keys in order, a page at a time; a page ends after about 256 KiB as well.
     *
     * @param range which keys; {@link MapPart#rest} is the one to ask for next
     * @param limit how many at most, 1 to 10,000
     * @param consistency how fresh the answer must be
     * @return a page
     */
    public MapPart<K, V> scan(MapRange<K> range, int limit, ReadConsistency consistency) {
        return Waiting.await(async.scan(range, limit, consistency));
    }

    /**
     * Follows what happens, each event once and in order, without a gap: where one cannot be avoided, {@link MapEvent.Compacted} says so. To follow a copy of the map: scan it, then watch from the
     * page's revision plus one. A group remembers the last 100,000 events or 64 MiB.
     *
     * @param range which keys
     * @param from the first revision of interest, or 0 for what happens from now on
     * @param listener called one call after the other, on an own thread; it may block
     * @return ends the watching
     */
    public Registration watch(MapRange<K> range, long from, Consumer<MapEvent<K, V>> listener) {
        return async.watch(range, from, listener);
    }
}
