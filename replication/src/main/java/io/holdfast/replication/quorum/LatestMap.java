package io.holdfast.replication.quorum;

import io.holdfast.core.call.Waiting;
import io.holdfast.core.consistency.Eventual;
import io.holdfast.replication.version.CausalContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A map without a leader of which the latest write stands: of two concurrent writes of a key one is dropped, also if it was acknowledged. Where that must not be, take a {@link QuorumMap}. A write that began after another
 * was acknowledged by W replicas is the later one, whatever the clocks of their nodes say, if {@code 2 W > N}; with {@code R + W > N} every read shows it, or a later one.
 *
 * <p>Calls, deadlines and errors are those of {@link QuorumMap}.
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public final class LatestMap<K, V> implements Eventual {
    private final QuorumCalls<K, V> calls;

    LatestMap(QuorumCalls<K, V> calls) {
        this.calls = calls;
    }

    /**
     * The map's name.
     *
     * @return the name
     */
    public String name() {
        return calls.name();
    }

    /**
     * This map with other options, for some of its calls.
     *
     * @param options how many replicas its calls need
     * @return the same map, seen so
     * @throws IllegalArgumentException if the options do not fit the number of replicas
     */
    public LatestMap<K, V> with(QuorumOptions options) {
        return new LatestMap<>(calls.with(options));
    }

    /**
     * Reads the value of a key.
     *
     * @param key the key
     * @return the value; empty if there is none
     */
    public Optional<V> get(K key) {
        return Waiting.await(() -> getAsync(key));
    }

    /**
     * As {@link #get}.
     *
     * @param key the key
     * @return as {@link #get}
     */
    public CompletionStage<Optional<V>> getAsync(K key) {
        return calls.read(key, calls.deadline())
                .thenApply(row -> calls.values(row).stream().findFirst());
    }

    /**
     * Reads the value of a key with the time that it was written at.
     *
     * @param key the key
     * @return the value or its absence, each with its time
     */
    public LatestEntry<V> entry(K key) {
        return Waiting.await(() -> entryAsync(key));
    }

    /**
     * As {@link #entry}.
     *
     * @param key the key
     * @return as {@link #entry}
     */
    public CompletionStage<LatestEntry<V>> entryAsync(K key) {
        return calls.read(key, calls.deadline())
                .thenApply(row -> new LatestEntry<>(
                        calls.values(row).stream().findFirst(),
                        row.siblings().isEmpty() ? calls.absentTime() : row.latestTime()));
    }

    /**
     * Writes a value.
     *
     * @param key the key
     * @param value the value
     */
    public void put(K key, V value) {
        Waiting.await(() -> putAsync(key, value));
    }

    /**
     * As {@link #put}.
     *
     * @param key the key
     * @param value the value
     * @return the write's time, as {@link LatestEntry#time}, when it is written
     */
    public CompletionStage<Long> putAsync(K key, V value) {
        return calls.put(
                        key,
                        Objects.requireNonNull(value, "value"),
                        ConflictPolicy.LATEST,
                        CausalContext.EMPTY,
                        calls.deadline())
                .thenApply(QuorumResult.Written::time);
    }

    /**
     * Removes a key.
     *
     * @param key the key
     */
    public void remove(K key) {
        Waiting.await(() -> removeAsync(key));
    }

    /**
     * As {@link #remove}.
     *
     * @param key the key
     * @return the removal's time, as {@link LatestEntry#time}, when it is removed
     */
    public CompletionStage<Long> removeAsync(K key) {
        return calls.put(key, null, ConflictPolicy.LATEST, CausalContext.EMPTY, calls.deadline())
                .thenApply(QuorumResult.Written::time);
    }
}
