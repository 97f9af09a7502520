package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapTransaction;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.call.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Conditions on keys of maps in one group, what is done if all hold, and what if one does not; all at one revision, or not at all.
 * Build it on one thread and commit it once: conditions first, then what to do, then after {@link #otherwise} what to do else.
 *
 * <pre>{@code
 * consensus.transaction()
 *         .ifVersion(accounts, "ada", 3)
 *         .put(accounts, "ada", less)
 *         .put(accounts, "bob", more)
 *         .commit();
 * }</pre>
 */
public final class Transaction {
    private final GroupSession session;
    private final Waiting waiting;
    private final List<MapTransaction.Compare> conditions = new ArrayList<>();
    private final List<MapTransaction.Step> then = new ArrayList<>();
    private final List<MapTransaction.Step> otherwise = new ArrayList<>();
    private boolean elsewhere;

    Transaction(GroupSession session, Waiting waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    /**
     * Requires a version.
     *
     * @param map the map
     * @param key the key
     * @param version the version that it must have
     * @param <K> the key's type
     * @return this
     */
    public <K> Transaction ifVersion(ReplicatedMap<K, ?> map, K key, long version) {
        return condition(map, key, MapCondition.version(version));
    }

    /**
     * Requires that a key is not there.
     *
     * @param map the map
     * @param key the key
     * @param <K> the key's type
     * @return this
     */
    public <K> Transaction ifAbsent(ReplicatedMap<K, ?> map, K key) {
        return condition(map, key, MapCondition.ABSENT);
    }

    /**
     * Requires that a key is there.
     *
     * @param map the map
     * @param key the key
     * @param <K> the key's type
     * @return this
     */
    public <K> Transaction ifPresent(ReplicatedMap<K, ?> map, K key) {
        return condition(map, key, MapCondition.PRESENT);
    }

    /**
     * Requires a value, compared by its encoded bytes.
     *
     * @param map the map
     * @param key the key
     * @param value the value that it must have
     * @param <K> the key's type
     * @param <V> the value's type
     * @return this
     */
    public <K, V> Transaction ifValue(ReplicatedMap<K, V> map, K key, V value) {
        return condition(map, key, MapCondition.value(map.codec().value(value)));
    }

    /**
     * Requires that a key was not written after a revision: it was written last by this one.
     *
     * @param map the map
     * @param key the key
     * @param revision the revision
     * @param <K> the key's type
     * @return this
     */
    public <K> Transaction ifModified(ReplicatedMap<K, ?> map, K key, long revision) {
        return condition(map, key, MapCondition.revision(revision));
    }

    private <K> Transaction condition(ReplicatedMap<K, ?> map, K key, MapCondition condition) {
        conditions.add(new MapTransaction.Compare(map.name(), map.codec().key(key), condition));
        return this;
    }

    /**
     * Sets a key.
     *
     * @param map the map
     * @param key the key
     * @param value the value
     * @param <K> the key's type
     * @param <V> the value's type
     * @return this
     */
    public <K, V> Transaction put(ReplicatedMap<K, V> map, K key, V value) {
        MapCodec<K, V> codec = map.codec();
        return step(map, MapChange.put(codec.key(key), codec.value(value)));
    }

    /**
     * Removes a key.
     *
     * @param map the map
     * @param key the key
     * @param <K> the key's type
     * @return this
     */
    public <K> Transaction remove(ReplicatedMap<K, ?> map, K key) {
        return step(map, MapChange.remove(map.codec().key(key)));
    }

    /**
     * Reads a key; see {@link TransactionOutcome#entry}.
     *
     * @param map the map
     * @param key the key
     * @param <K> the key's type
     * @return this
     */
    public <K> Transaction get(ReplicatedMap<K, ?> map, K key) {
        return step(map, MapChange.read(map.codec().key(key)));
    }

    private Transaction step(ReplicatedMap<?, ?> map, MapChange change) {
        (elsewhere ? otherwise : then).add(new MapTransaction.Step(map.name(), change));
        return this;
    }

    /**
     * What follows is done if a condition does not hold.
     *
     * @return this
     */
    public Transaction otherwise() {
        elsewhere = true;
        return this;
    }

    /**
     * Does it, and waits.
     *
     * @return what came of it
     * @throws IllegalArgumentException if it has no step, or more than 4,096 parts
     */
    public TransactionOutcome commit() {
        return Waiting.await(() -> commitAsync());
    }

    /**
     * Does it.
     *
     * @return what came of it; fails as writes of {@link ReplicatedMap} do
     * @throws IllegalArgumentException if it has no step, or more than 4,096 parts
     */
    public CompletionStage<TransactionOutcome> commitAsync() {
        int parts = conditions.size() + then.size() + otherwise.size();
        Check.that(
                parts <= MapTransaction.MAX_PARTS, "a transaction (%d parts) must have at most 4096; divide it", parts);
        Check.that(
                then.size() + otherwise.size() > 0,
                "a transaction (0 steps) must have at least one step; add put, remove or get");
        String home = (then.isEmpty() ? otherwise : then).get(0).map();
        byte[] operation = MapType.transact(new MapTransaction(conditions, then, otherwise));
        return session.submit(MapType.ID, home, operation, waiting.deadline())
                .thenApply(answer -> new TransactionOutcome(
                        answer.revision(), MapTransaction.Outcome.decode(new ByteReader(answer.payload()))));
    }
}
