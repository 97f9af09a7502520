package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapPage;
import io.holdfast.consensus.primitive.MapTransaction;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.Watcher;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.Event;
import io.holdfast.consensus.state.Poll;
import io.holdfast.consensus.state.Query;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Registration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A map that all nodes agree on, sorted by its keys' bytes. Writes are linearizable and are done once, however often they had to be sent; reads are linearizable unless they ask for less.
 *
 * <p>Each method has an asynchronous form, {@code xAsync}, that returns at once: its stage ends by the deadline that holds when it is called, with the same results and exceptions, and what depends on it
 * must not block. The others wait until the running {@link io.holdfast.core.call.CallContext}'s deadline, or five seconds; never call them on a thread of the transport or of a listener. Every method may throw
 * {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.UnavailableException} or {@link io.holdfast.core.OverloadedException} (surely not done: try again),
 * {@link io.holdfast.core.UnknownOutcomeException} (a write that may have been done: read the key before trying again), {@link io.holdfast.consensus.session.RefusedException} (a limit of
 * the map or the group is reached), {@link io.holdfast.core.CodecException} (the value is not of the type that the map was written with) and {@link IllegalArgumentException} (a key is longer than
 * 4 KiB, or a command than 512 KiB). Values are at most about 500 KiB, ten million keys and 1 GiB a map.
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public final class ReplicatedMap<K, V> implements Linearizable {
    private final Resource resource;
    private final MapCodec<K, V> codec;

    ReplicatedMap(Resource resource, MapCodec<K, V> codec) {
        this.resource = resource;
        this.codec = codec;
    }

    /**
     * The map's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * The group that keeps the map.
     *
     * @return its id
     */
    public GroupId group() {
        return resource.session().group();
    }

    MapCodec<K, V> codec() {
        return codec;
    }

    private CompletionStage<Answer> ask(byte[] question, ReadConsistency consistency) {
        Deadline deadline = resource.shared().waiting().deadline();
        return resource.session().ask(resource.type(), resource.name(), question, consistency, deadline);
    }

    private CompletionStage<Answer> submit(byte[] operation) {
        return resource.submit(operation, resource.shared().waiting().deadline());
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
        return submit(MapType.write(condition, change))
                .thenApply(answer ->
                        codec.written(answer.revision(), MapChange.Outcome.decode(new ByteReader(answer.payload()))));
    }

    /**
     * Reads a key: sees every write that was acknowledged to anyone before.
     *
     * @param key the key
     * @return its value, or empty
     */
    public Optional<V> get(K key) {
        return Waiting.await(() -> getAsync(key));
    }

    /**
     * See {@link #get(Object)}.
     *
     * @param key the key
     * @return its value
     */
    public CompletionStage<Optional<V>> getAsync(K key) {
        return entryAsync(key, ReadConsistency.LINEARIZABLE).thenApply(found -> found.map(Versioned::value));
    }

    /**
     * Reads a key with its history.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value, or empty
     */
    public Optional<Versioned<V>> entry(K key, ReadConsistency consistency) {
        return Waiting.await(() -> entryAsync(key, consistency));
    }

    /**
     * See {@link #entry(Object, ReadConsistency)}.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value and history
     */
    public CompletionStage<Optional<Versioned<V>>> entryAsync(K key, ReadConsistency consistency) {
        return readingAsync(key, consistency).thenApply(MapReading::entry);
    }

    /**
     * As {@link #entryAsync}, with the revision of the answer, which an absence has as well.
     *
     * @param key the key
     * @param consistency how fresh the answer must be
     * @return its value and history, and the revision that was read
     */
    public CompletionStage<MapReading<V>> readingAsync(K key, ReadConsistency consistency) {
        return ask(MapType.get(codec.key(key)), consistency)
                .thenApply(answer -> new MapReading<>(
                        codec.optional(MapChange.Outcome.decode(new ByteReader(answer.payload()))
                                .existing()),
                        answer.revision()));
    }

    /**
     * Sets a key, for ever.
     *
     * @param key the key
     * @param value the value
     * @return what came of it; always applied
     */
    public Written<V> put(K key, V value) {
        return Waiting.await(() -> putAsync(key, value));
    }

    /**
     * See {@link #put(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public CompletionStage<Written<V>> putAsync(K key, V value) {
        return putAsync(key, value, PutOptions.NONE);
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
        return Waiting.await(() -> putAsync(key, value, options));
    }

    /**
     * See {@link #put(Object, Object, PutOptions)}.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts
     * @return what came of it
     */
    public CompletionStage<Written<V>> putAsync(K key, V value, PutOptions options) {
        return write(MapCondition.ALWAYS, putting(key, value, options));
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
        return Waiting.await(() -> putIfAbsentAsync(key, value, options));
    }

    /**
     * See {@link #putIfAbsent(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public CompletionStage<Written<V>> putIfAbsentAsync(K key, V value) {
        return putIfAbsentAsync(key, value, PutOptions.NONE);
    }

    /**
     * See {@link #putIfAbsent(Object, Object, PutOptions)}.
     *
     * @param key the key
     * @param value the value
     * @param options how long it lasts
     * @return what came of it
     */
    public CompletionStage<Written<V>> putIfAbsentAsync(K key, V value, PutOptions options) {
        return write(MapCondition.ABSENT, putting(key, value, options));
    }

    /**
     * Sets a key that is there.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public Written<V> replace(K key, V value) {
        return Waiting.await(() -> replaceAsync(key, value));
    }

    /**
     * See {@link #replace(Object, Object)}.
     *
     * @param key the key
     * @param value the value
     * @return what came of it
     */
    public CompletionStage<Written<V>> replaceAsync(K key, V value) {
        return write(MapCondition.PRESENT, putting(key, value, PutOptions.NONE));
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
        return Waiting.await(() -> replaceAsync(key, value, version));
    }

    /**
     * See {@link #replace(Object, Object, long)}.
     *
     * @param key the key
     * @param value the value
     * @param version the version that it must have
     * @return what came of it
     */
    public CompletionStage<Written<V>> replaceAsync(K key, V value, long version) {
        return write(MapCondition.version(version), putting(key, value, PutOptions.NONE));
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
        return Waiting.await(() -> compareAndSetAsync(key, expected, value));
    }

    /**
     * See {@link #compareAndSet(Object, Object, Object)}.
     *
     * @param key the key
     * @param expected the value that it must have
     * @param value the new value
     * @return what came of it
     */
    public CompletionStage<Written<V>> compareAndSetAsync(K key, V expected, V value) {
        return write(MapCondition.value(codec.value(expected)), putting(key, value, PutOptions.NONE));
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return what came of it, and what was removed; not applied if there was nothing
     */
    public Written<V> remove(K key) {
        return Waiting.await(() -> removeAsync(key));
    }

    /**
     * See {@link #remove(Object)}.
     *
     * @param key the key
     * @return what came of it
     */
    public CompletionStage<Written<V>> removeAsync(K key) {
        return write(MapCondition.ALWAYS, MapChange.remove(codec.key(key)));
    }

    /**
     * Removes a key that has a certain version.
     *
     * @param key the key
     * @param version the version that it must have
     * @return what came of it
     */
    public Written<V> remove(K key, long version) {
        return Waiting.await(() -> removeAsync(key, version));
    }

    /**
     * See {@link #remove(Object, long)}.
     *
     * @param key the key
     * @param version the version that it must have
     * @return what came of it
     */
    public CompletionStage<Written<V>> removeAsync(K key, long version) {
        return write(MapCondition.version(version), MapChange.remove(codec.key(key)));
    }

    /**
     * Sets many keys at one revision: all or none.
     *
     * @param entries at most 4,096 entries and 512 KiB
     * @return the revision
     */
    public long putAll(Map<K, V> entries) {
        return Waiting.await(() -> putAllAsync(entries));
    }

    /**
     * See {@link #putAll(Map)}.
     *
     * @param entries the entries
     * @return the revision
     */
    public CompletionStage<Long> putAllAsync(Map<K, V> entries) {
        Check.that(
                entries.size() <= MapTransaction.MAX_PARTS,
                "a bulk put (%d entries) must have at most %d entries; divide it",
                entries.size(),
                MapTransaction.MAX_PARTS);
        List<MapTransaction.Step> puts = entries.entrySet().stream()
                .map(entry -> new MapTransaction.Step(
                        resource.name(), putting(entry.getKey(), entry.getValue(), PutOptions.NONE)))
                .toList();
        byte[] operation = MapType.transact(new MapTransaction(List.of(), puts, List.of()));
        return submit(operation).thenApply(Answer::revision);
    }

    /**
     * How many keys there are. Costs the same for any number.
     *
     * @param consistency how fresh the answer must be
     * @return the number
     */
    public long size(ReadConsistency consistency) {
        return Waiting.await(() -> sizeAsync(consistency));
    }

    /**
     * See {@link #size(ReadConsistency)}.
     *
     * @param consistency how fresh the answer must be
     * @return the number of keys
     */
    public CompletionStage<Long> sizeAsync(ReadConsistency consistency) {
        return ask(MapType.size(), consistency).thenApply(answer -> new ByteReader(answer.payload()).varlong());
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
        return Waiting.await(() -> scanAsync(range, limit, consistency));
    }

    /**
     * See {@link #scan(MapRange, int, ReadConsistency)}.
     *
     * @param range which keys
     * @param limit how many at most, 1 to 10,000
     * @param consistency how fresh the answer must be
     * @return a page
     */
    public CompletionStage<MapPart<K, V>> scanAsync(MapRange<K> range, int limit, ReadConsistency consistency) {
        Check.between("limit", limit, 1, MapPage.MAX_ROWS);
        var keys = codec.range(range);
        return ask(MapType.range(keys.from(), keys.to(), limit), consistency)
                .thenApply(answer ->
                        codec.part(range, answer.revision(), MapPage.decode(new ByteReader(answer.payload()))));
    }

    /**
     * Follows what happens, each event once and in order, without a gap: where one cannot be avoided, {@link MapEvent.Compacted} says so. To follow a copy of the map: scan it, then watch from the
     * revision of the first page. Events of that revision may be in the copy already and do it no harm; a later one would not do, for a key that expires between two commands does so at the revision
     * of the one before. A group remembers the last 100,000 events or 64 MiB.
     *
     * @param range which keys
     * @param from the first revision of interest; or 0 to begin at a moment soon after this call: what others did until then was before it
     * @param listener called one call after the other, on an own thread; it may block. What it throws is logged, and it goes on with the next event
     * @return ends the watching
     * @throws IllegalArgumentException if the revision is negative
     */
    public Registration watch(MapRange<K> range, long from, Consumer<MapEvent<K, V>> listener) {
        return resource.session().watch(MapType.ID, resource.name(), codec.range(range), from, new Watcher() {
            @Override
            public void onEvents(List<Event> events) {
                events.forEach(event -> Listening.tell(name(), () -> listener.accept(codec.event(event))));
            }

            @Override
            public void onCompacted(long revision) {
                Listening.tell(name(), () -> listener.accept(new MapEvent.Compacted<>(revision)));
            }
        });
    }

    /**
     * Asks what has happened since the last question, all that was acknowledged before this one among it: for who must know that nothing is missing at a certain moment, where {@link #watch} tells only of
     * what it has come to.
     *
     * @param from {@link MapNews#next} of the last answer, or {@link MapNews#BEGIN}
     * @return the events; at most 1,000 or 256 KiB at a time
     */
    public CompletionStage<MapNews<K, V>> newsAsync(long from) {
        Deadline deadline = resource.shared().waiting().deadline();
        KeyRange all = KeyRange.ALL;
        boolean begin = from == MapNews.BEGIN;
        Query.Watch question = new Query.Watch(
                MapType.ID,
                resource.name(),
                begin ? Query.Watch.Start.NOW : Query.Watch.Start.EVENT,
                begin ? 0 : from,
                all.from(),
                all.to());
        return resource.session()
                .ask(question, ReadConsistency.LINEARIZABLE, deadline)
                .thenApply(answer -> codec.news(Poll.decode(answer.payload())));
    }
}
