package io.holdfast.replication.quorum;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.consistency.Causal;
import io.holdfast.replication.version.CausalContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A map without a leader: any R replicas of a key answer a read, any W acknowledge a write, on every side of a partition that has so many (DeCandia et al. 2007, "Dynamo"). A write replaces what its writer had read, and
 * stands beside what it did not know: nothing that was acknowledged is dropped. With {@code R + W > N} a read shows every write that was acknowledged before it, or what replaced it.
 *
 * <p>Each method has an asynchronous form whose stage ends by the deadline that holds when it is called; what depends on it must not block. The others wait until the running {@link io.holdfast.core.call.CallContext}'s
 * deadline, or five seconds; never call them on a thread of the transport. Every method may throw {@link io.holdfast.core.NotAppliedException} or {@link io.holdfast.core.OverloadedException} (surely not done: try
 * again), {@link io.holdfast.core.UnavailableException} (too few replicas answer), {@link io.holdfast.core.UnknownOutcomeException} (a write that some replicas may have: it may still spread; read before writing again),
 * {@link io.holdfast.core.CodecException} (the value is of another type) and {@link IllegalArgumentException} (a key is longer than 60,000 bytes, or a value than 1 MiB).
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public final class QuorumMap<K, V> implements Causal {
    private final QuorumCalls<K, V> calls;
    private final @Nullable BinaryOperator<V> merge;

    QuorumMap(QuorumCalls<K, V> calls) {
        this(calls, null);
    }

    private QuorumMap(QuorumCalls<K, V> calls, @Nullable BinaryOperator<V> merge) {
        this.calls = calls;
        this.merge = merge;
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
    public QuorumMap<K, V> with(QuorumOptions options) {
        return new QuorumMap<>(calls.with(options), merge);
    }

    /**
     * This map with a function that makes one value of two that did not know of each other.
     *
     * @param function commutative, associative and idempotent, and alike on all nodes; otherwise nodes do not agree
     * @return the same map, seen so
     */
    public QuorumMap<K, V> merging(BinaryOperator<V> function) {
        return new QuorumMap<>(calls, function);
    }

    /**
     * Reads all values of a key.
     *
     * @param key the key
     * @return the values and their context
     */
    public Siblings<V> read(K key) {
        return Waiting.await(() -> readAsync(key));
    }

    /**
     * As {@link #read}.
     *
     * @param key the key
     * @return as {@link #read}
     */
    public CompletionStage<Siblings<V>> readAsync(K key) {
        return calls.read(key, calls.deadline()).thenApply(row -> new Siblings<>(calls.values(row), row.context()));
    }

    /**
     * Reads the value of a key.
     *
     * @param key the key
     * @return the value, merged if there are several; empty if there is none
     * @throws ConflictException if there are several and the map merges none
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
        return readAsync(key).thenApply(siblings -> merged(key, siblings.values()));
    }

    private Optional<V> merged(K key, List<V> values) {
        BinaryOperator<V> function = merge;
        if (values.size() > 1 && function == null) {
            throw new ConflictException("key " + key + " of map " + name() + " has " + values.size()
                    + " values that were written without knowledge of each other; read() shows them, write with its"
                    + " context, or give the map a function that merges them");
        }
        return function == null ? values.stream().findFirst() : values.stream().reduce(function);
    }

    /**
     * Writes a value in the place of what a reader has seen, and beside what it has not.
     *
     * @param key the key
     * @param value the value
     * @param known the context of a read, or of a write, of this key: that of another key says nothing, and may hide what it does not know; {@link CausalContext#EMPTY} replaces nothing
     * @return what is known after the write: to write again without reading
     */
    public CausalContext put(K key, V value, CausalContext known) {
        return Waiting.await(() -> putAsync(key, value, known));
    }

    /**
     * As {@link #put(Object, Object, CausalContext)}.
     *
     * @param key the key
     * @param value the value
     * @param known the context of a read or a write
     * @return as {@link #put(Object, Object, CausalContext)}
     */
    public CompletionStage<CausalContext> putAsync(K key, V value, CausalContext known) {
        return calls.put(key, Objects.requireNonNull(value, "value"), ConflictPolicy.SIBLINGS, known, calls.deadline())
                .thenApply(QuorumResult.Written::context);
    }

    /**
     * Reads, and writes a value in the place of all that was read: two calls in one. What was written at the same time elsewhere stands beside it.
     *
     * @param key the key
     * @param value the value
     */
    public void put(K key, V value) {
        Waiting.await(() -> putAsync(key, value));
    }

    /**
     * As {@link #put(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return completes when it is written
     */
    public CompletionStage<CausalContext> putAsync(K key, V value) {
        Objects.requireNonNull(value, "value");
        Deadline deadline = calls.deadline();
        return calls.read(key, deadline)
                .thenCompose(row -> calls.put(key, value, ConflictPolicy.SIBLINGS, row.context(), deadline))
                .thenApply(QuorumResult.Written::context);
    }

    /**
     * Reads, and writes what a function makes of the value. Concurrent updates of one key stand side by side until one of them is read and written again: where updates must not, take a counter or a set that merges.
     *
     * @param key the key
     * @param change makes the new value of the present one; empty removes the key
     * @return the new value
     * @throws ConflictException if there are several values and the map merges none
     */
    public Optional<V> update(K key, UnaryOperator<Optional<V>> change) {
        Deadline deadline = calls.deadline();
        Siblings<V> read = Waiting.await(() -> readAsync(key));
        Optional<V> next = change.apply(merged(key, read.values())); // on this thread: it may block
        Waiting.await(() -> calls.put(key, next.orElse(null), ConflictPolicy.SIBLINGS, read.context(), deadline));
        return next;
    }

    /**
     * As {@link #update}.
     *
     * @param key the key
     * @param change as for {@link #update}; it must not block
     * @return as {@link #update}
     */
    public CompletionStage<Optional<V>> updateAsync(K key, UnaryOperator<Optional<V>> change) {
        Deadline deadline = calls.deadline();
        return readAsync(key).thenCompose(siblings -> {
            Optional<V> next = change.apply(merged(key, siblings.values()));
            return calls.put(key, next.orElse(null), ConflictPolicy.SIBLINGS, siblings.context(), deadline)
                    .thenApply(written -> next);
        });
    }

    /**
     * Reads, and removes what was read.
     *
     * @param key the key
     */
    public void remove(K key) {
        Waiting.await(() -> removeAsync(key));
    }

    /**
     * As {@link #remove(Object)}.
     *
     * @param key the key
     * @return completes when it is removed
     */
    public CompletionStage<CausalContext> removeAsync(K key) {
        Deadline deadline = calls.deadline();
        return calls.read(key, deadline)
                .thenCompose(row -> calls.put(key, null, ConflictPolicy.SIBLINGS, row.context(), deadline))
                .thenApply(QuorumResult.Written::context);
    }

    /**
     * Removes what a reader has seen; what it has not seen stands.
     *
     * @param key the key
     * @param known the context of a read or a write
     */
    public void remove(K key, CausalContext known) {
        Waiting.await(() -> removeAsync(key, known));
    }

    /**
     * As {@link #remove(Object, CausalContext)}.
     *
     * @param key the key
     * @param known the context of a read or a write
     * @return completes when it is removed
     */
    public CompletionStage<CausalContext> removeAsync(K key, CausalContext known) {
        return calls.put(key, null, ConflictPolicy.SIBLINGS, known, calls.deadline())
                .thenApply(QuorumResult.Written::context);
    }
}
