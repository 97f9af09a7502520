package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapPage;
import io.holdfast.consensus.primitive.MapTransaction;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.Watcher;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.Event;
import io.holdfast.core.Check;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Registration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A {@link ReplicatedMap} for those who do not wait: every method returns at once, and its stage ends by the deadline that holds when it is called, as the blocking form does, with the same
 * results and exceptions. What depends on a stage must not block.
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public final class AsyncReplicatedMap<K, V> {
    private final String name;
    private final GroupSession session;
    private final MapCodec<K, V> codec;
    private final Waiting waiting;

    AsyncReplicatedMap(String name, GroupSession session, MapCodec<K, V> codec, Waiting waiting) {
        this.name = name;
        this.session = session;
        this.codec = codec;
        this.waiting = waiting;
    }

    String name() {
        return name;
    }

    MapCodec<K, V> codec() {
        return codec;
    }

    private CompletionStage<Answer> ask(byte[] question, ReadConsistency consistency) {
        return session.ask(MapType.ID, name, question, consistency, waiting.deadline());
    }

    /**
     * See {@link ReplicatedMap#get(Object)}.
     *
     * @param key the key
     * @return its value
     */
    public CompletionStage<Optional<V>> get(K key) {
        return entry(key, ReadConsistency.LINEARIZABLE).thenApply(found -> found.map(Versioned::value));
    }

    /**
     * See {@link ReplicatedMap#entry(Object, ReadConsistency)}.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value and history
     */
    public CompletionStage<Optional<Versioned<V>>> entry(K key, ReadConsistency consistency) {
        return ask(MapType.get(codec.key(key)), consistency)
                .thenApply(answer -> codec.optional(MapChange.Outcome.decode(new ByteReader(answer.payload()))
                        .existing()));
    }

    /**
     * See {@link ReplicatedMap#put(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public CompletionStage<Written<V>> put(K key, V value) {
        return put(key, value, PutOptions.NONE);
    }

    /**
     * See {@link ReplicatedMap#put(Object, Object, PutOptions)}.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts
     * @return what came of it
     */
    public CompletionStage<Written<V>> put(K key, V value, PutOptions options) {
        return write(MapCondition.ALWAYS, putting(key, value, options));
    }

    /**
     * See {@link ReplicatedMap#putIfAbsent(Object, Object, PutOptions)}.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts
     * @return what came of it
     */
    public CompletionStage<Written<V>> putIfAbsent(K key, V value, PutOptions options) {
        return write(MapCondition.ABSENT, putting(key, value, options));
    }

    /**
     * See {@link ReplicatedMap#replace(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public CompletionStage<Written<V>> replace(K key, V value) {
        return write(MapCondition.PRESENT, putting(key, value, PutOptions.NONE));
    }

    /**
     * See {@link ReplicatedMap#replace(Object, Object, long)}.
     *
     * @param key the key
     * @param value the value
     * @param version the version that it must have
     * @return what came of it
     */
    public CompletionStage<Written<V>> replace(K key, V value, long version) {
        return write(MapCondition.version(version), putting(key, value, PutOptions.NONE));
    }

    /**
     * See {@link ReplicatedMap#compareAndSet(Object, Object, Object)}.
     *
     * @param key the key
     * @param expected the value that it must have
     * @param value the new value
     * @return what came of it
     */
    public CompletionStage<Written<V>> compareAndSet(K key, V expected, V value) {
        return write(MapCondition.value(codec.value(expected)), putting(key, value, PutOptions.NONE));
    }

    /**
     * See {@link ReplicatedMap#remove(Object)}.
     *
     * @param key the key
     * @return what came of it
     */
    public CompletionStage<Written<V>> remove(K key) {
        return write(MapCondition.ALWAYS, MapChange.remove(codec.key(key)));
    }

    /**
     * See {@link ReplicatedMap#remove(Object, long)}.
     *
     * @param key the key
     * @param version the version that it must have
     * @return what came of it
     */
    public CompletionStage<Written<V>> remove(K key, long version) {
        return write(MapCondition.version(version), MapChange.remove(codec.key(key)));
    }

    private MapChange putting(K key, V value, PutOptions options) {
        return new MapChange(
                MapChange.Kind.PUT,
                codec.key(key),
                codec.value(value),
                options.timeToLive().toNanos(),
                options.ephemeral());
    }

    private CompletionStage<Written<V>> write(MapCondition condition, MapChange change) {
        return session.submit(MapType.ID, name, MapType.write(condition, change), waiting.deadline())
                .thenApply(answer ->
                        codec.written(answer.revision(), MapChange.Outcome.decode(new ByteReader(answer.payload()))));
    }

    /**
     * See {@link ReplicatedMap#putAll(Map)}.
     *
     * @param entries the entries
     * @return the revision
     */
    public CompletionStage<Long> putAll(Map<K, V> entries) {
        Check.that(
                entries.size() <= MapTransaction.MAX_PARTS,
                "a bulk put (%d entries) must have at most %d entries; divide it",
                entries.size(),
                MapTransaction.MAX_PARTS);
        List<MapTransaction.Step> puts = entries.entrySet().stream()
                .map(entry -> new MapTransaction.Step(name, putting(entry.getKey(), entry.getValue(), PutOptions.NONE)))
                .toList();
        byte[] operation = MapType.transact(new MapTransaction(List.of(), puts, List.of()));
        return session.submit(MapType.ID, name, operation, waiting.deadline()).thenApply(Answer::revision);
    }

    /**
     * See {@link ReplicatedMap#size(ReadConsistency)}.
     *
     * @param consistency how fresh the answer must be
     * @return the number of keys
     */
    public CompletionStage<Long> size(ReadConsistency consistency) {
        return ask(MapType.size(), consistency).thenApply(answer -> new ByteReader(answer.payload()).varlong());
    }

    /**
     * See {@link ReplicatedMap#scan(MapRange, int, ReadConsistency)}.
     *
     * @param range which keys
     * @param limit how many at most, 1 to 10,000
     * @param consistency how fresh the answer must be
     * @return a page
     */
    public CompletionStage<MapPart<K, V>> scan(MapRange<K> range, int limit, ReadConsistency consistency) {
        Check.between("limit", limit, 1, MapPage.MAX_ROWS);
        var keys = codec.range(range);
        return ask(MapType.range(keys.from(), keys.to(), limit), consistency)
                .thenApply(answer ->
                        codec.part(range, answer.revision(), MapPage.decode(new ByteReader(answer.payload()))));
    }

    /**
     * See {@link ReplicatedMap#watch(MapRange, long, Consumer)}.
     *
     * @param range which keys
     * @param from the first revision of interest, or 0 for what happens from now on
     * @param listener receives the events
     * @return ends the watching
     */
    public Registration watch(MapRange<K> range, long from, Consumer<MapEvent<K, V>> listener) {
        return session.watch(MapType.ID, name, codec.range(range), from, new Watcher() {
            @Override
            public void onEvents(List<Event> events) {
                events.forEach(event -> listener.accept(codec.event(event)));
            }

            @Override
            public void onCompacted(long revision) {
                listener.accept(new MapEvent.Compacted<>(revision));
            }
        });
    }
}
