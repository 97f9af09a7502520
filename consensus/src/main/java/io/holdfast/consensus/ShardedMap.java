package io.holdfast.consensus;

import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;

/**
 * A map whose keys are spread over several groups, each with a log and a leader of its own, so that many writers do not wait for one disk and one leader. For a key it promises what {@link ReplicatedMap}
 * does, with the same exceptions and the same ways to wait. What concerns several keys is as good as their parts: a batch is done wholly or not at all in each part, and a scan reads each part at one
 * revision, but there is no moment at which it reads all of them. What needs more belongs into one {@link ReplicatedMap}, or on keys of one {@link #part}.
 *
 * <p>The part of a key is its hash modulo the number of parts, so all users must give the same parts in the same order, for ever.
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public final class ShardedMap<K, V> implements Linearizable {
    private final List<ReplicatedMap<K, V>> parts;
    private final ToLongFunction<byte[]> hash;

    private ShardedMap(List<ReplicatedMap<K, V>> parts, ToLongFunction<byte[]> hash) {
        this.parts = List.copyOf(parts);
        this.hash = hash;
        Check.that(!parts.isEmpty(), "a sharded map (0 parts) must have at least one; give a map of each group");
        Set<GroupId> groups = new HashSet<>();
        for (ReplicatedMap<K, V> part : this.parts) {
            Check.that(
                    groups.add(part.group()),
                    "the parts of sharded map %s must be in different groups, and two are in %s; give one of each group",
                    part.name(),
                    part.group());
        }
    }

    /**
     * Makes one map of several.
     *
     * @param parts a map in each of some groups, always the same ones in the same order
     * @param hash the hash of a key's bytes, evenly spread; always the same one
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map
     * @throws IllegalArgumentException if there is no part, or two are in one group
     */
    public static <K, V> ShardedMap<K, V> of(List<ReplicatedMap<K, V>> parts, ToLongFunction<byte[]> hash) {
        return new ShardedMap<>(parts, hash);
    }

    /**
     * All parts, for what is done with each of them, such as watching.
     *
     * @return the maps of which it is made, in order
     */
    public List<ReplicatedMap<K, V>> parts() {
        return parts;
    }

    /**
     * The part that has a key, for transactions on keys that have it in common, and for what else a map can do.
     *
     * @param key the key
     * @return the map
     */
    public ReplicatedMap<K, V> part(K key) {
        byte[] bytes = parts.get(0).codec().key(key);
        return parts.get((int) Long.remainderUnsigned(hash.applyAsLong(bytes), parts.size()));
    }

    /**
     * Reads a key: sees every write that was acknowledged to anyone before.
     *
     * @param key the key
     * @return its value, or empty
     */
    public Optional<V> get(K key) {
        return part(key).get(key);
    }

    /**
     * See {@link #get(Object)}.
     *
     * @param key the key
     * @return its value, or empty
     */
    public CompletionStage<Optional<V>> getAsync(K key) {
        return part(key).getAsync(key);
    }

    /**
     * Reads a key with its history.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value, or empty
     */
    public Optional<Versioned<V>> entry(K key, ReadConsistency consistency) {
        return part(key).entry(key, consistency);
    }

    /**
     * See {@link #entry(Object, ReadConsistency)}.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value, or empty
     */
    public CompletionStage<Optional<Versioned<V>>> entryAsync(K key, ReadConsistency consistency) {
        return part(key).entryAsync(key, consistency);
    }

    /**
     * Sets a key, for ever.
     *
     * @param key the key
     * @param value the value
     * @return what came of it; always applied
     */
    public Written<V> put(K key, V value) {
        return part(key).put(key, value);
    }

    /**
     * See {@link #put(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it; always applied
     */
    public CompletionStage<Written<V>> putAsync(K key, V value) {
        return part(key).putAsync(key, value);
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
        return part(key).put(key, value, options);
    }

    /**
     * See {@link #put(Object, Object, PutOptions)}.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts; what it had before is forgotten
     * @return what came of it; always applied
     */
    public CompletionStage<Written<V>> putAsync(K key, V value, PutOptions options) {
        return part(key).putAsync(key, value, options);
    }

    /**
     * Sets a key that is not there.
     *
     * @param key the key
     * @param value the value
     * @return what came of it, and what stood there if it was not applied
     */
    public Written<V> putIfAbsent(K key, V value) {
        return part(key).putIfAbsent(key, value);
    }

    /**
     * See {@link #putIfAbsent(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it, and what stood there if it was not applied
     */
    public CompletionStage<Written<V>> putIfAbsentAsync(K key, V value) {
        return part(key).putIfAbsentAsync(key, value);
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
        return part(key).replace(key, value, version);
    }

    /**
     * See {@link #replace(Object, Object, long)}.
     *
     * @param key the key
     * @param value the value
     * @param version the version that it must have
     * @return what came of it, and what stood there if it was not applied
     */
    public CompletionStage<Written<V>> replaceAsync(K key, V value, long version) {
        return part(key).replaceAsync(key, value, version);
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
        return part(key).compareAndSet(key, expected, value);
    }

    /**
     * See {@link #compareAndSet(Object, Object, Object)}.
     *
     * @param key the key
     * @param expected the value that it must have
     * @param value the new value
     * @return what came of it, and what stood there if it was not applied
     */
    public CompletionStage<Written<V>> compareAndSetAsync(K key, V expected, V value) {
        return part(key).compareAndSetAsync(key, expected, value);
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return what came of it, and what was removed; not applied if there was nothing
     */
    public Written<V> remove(K key) {
        return part(key).remove(key);
    }

    /**
     * See {@link #remove(Object)}.
     *
     * @param key the key
     * @return what came of it, and what was removed; not applied if there was nothing
     */
    public CompletionStage<Written<V>> removeAsync(K key) {
        return part(key).removeAsync(key);
    }

    /**
     * Removes a key that has a certain version.
     *
     * @param key the key
     * @param version the version that it must have
     * @return what came of it
     */
    public Written<V> remove(K key, long version) {
        return part(key).remove(key, version);
    }

    /**
     * See {@link #remove(Object, long)}.
     *
     * @param key the key
     * @param version the version that it must have
     * @return what came of it
     */
    public CompletionStage<Written<V>> removeAsync(K key, long version) {
        return part(key).removeAsync(key, version);
    }

    /**
     * Sets many keys: in each part all or none, at one revision. The parts are written at the same time, and what one has done is not taken back if another fails.
     *
     * @param entries at most 4,096 entries and 512 KiB for each part
     * @return the revision of each group that was written
     * @throws PartlyAppliedException if some parts were written and others failed; it tells which keys are written. If all keys are in one part, it fails as
     *     {@link ReplicatedMap#putAll} does
     */
    public Map<GroupId, Long> putAll(Map<K, V> entries) {
        return Waiting.await(() -> putAllAsync(entries));
    }

    /**
     * See {@link #putAll(Map)}.
     *
     * @param entries the entries
     * @return the revision of each group that was written
     */
    public CompletionStage<Map<GroupId, Long>> putAllAsync(Map<K, V> entries) {
        return ShardedBatch.put(this, entries);
    }

    /**
     * Reads many keys at the same time, each as {@link #entry} does: not at one revision.
     *
     * @param keys at most 4,096
     * @param consistency how fresh each answer must be
     * @return those that are there
     */
    public Map<K, V> getAll(Collection<K> keys, ReadConsistency consistency) {
        return Waiting.await(() -> getAllAsync(keys, consistency));
    }

    /**
     * See {@link #getAll(Collection, ReadConsistency)}.
     *
     * @param keys at most 4,096
     * @param consistency how fresh each answer must be
     * @return those that are there
     */
    public CompletionStage<Map<K, V>> getAllAsync(Collection<K> keys, ReadConsistency consistency) {
        return ShardedBatch.get(this, keys, consistency);
    }

    /**
     * How many keys there are: the sum of what each part says at a moment of its own.
     *
     * @param consistency how fresh each part's answer must be
     * @return the number
     */
    public long size(ReadConsistency consistency) {
        return Waiting.await(() -> sizeAsync(consistency));
    }

    /**
     * See {@link #size(ReadConsistency)}.
     *
     * @param consistency how fresh each part's answer must be
     * @return the number of keys
     */
    public CompletionStage<Long> sizeAsync(ReadConsistency consistency) {
        return Stages.all(
                        parts.stream().map(part -> part.sizeAsync(consistency)).toList())
                .thenApply(sizes -> sizes.stream().mapToLong(size -> size).sum());
    }

    /**
     * Reads keys in order over all parts, a page at a time. What comes from one part is of one revision, which the page tells; the parts' revisions have no order among each other, and the next page is of
     * later ones. So a key that is there all the time is found, and one that comes or goes meanwhile may be.
     *
     * @param range which keys; {@link ShardedPage#rest} is the one to ask for next
     * @param limit how many at most, 1 to 10,000; a page ends after about 256 KiB of a part as well
     * @param consistency how fresh each part's answer must be
     * @return a page
     */
    public ShardedPage<K, V> scan(MapRange<K> range, int limit, ReadConsistency consistency) {
        return Waiting.await(() -> scanAsync(range, limit, consistency));
    }

    /**
     * See {@link #scan(MapRange, int, ReadConsistency)}.
     *
     * @param range which keys
     * @param limit how many at most, 1 to 10,000
     * @param consistency how fresh each part's answer must be
     * @return a page
     */
    public CompletionStage<ShardedPage<K, V>> scanAsync(MapRange<K> range, int limit, ReadConsistency consistency) {
        return Stages.all(parts.stream()
                        .map(part -> part.scanAsync(range, limit, consistency))
                        .toList())
                .thenApply(pages -> ShardedPage.merge(this, range, limit, pages));
    }
}
