package io.holdfast.replication.quorum;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.WallClock;
import io.holdfast.replication.store.Row;
import io.holdfast.replication.store.RowDamagedException;
import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Versions;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows of this node. */
final class Replica {
    private final DurableRows rows;
    private final Tombstones tombstones;
    private final WallClock wall;
    private final QuorumRules rules;
    private final BitSet doubtful;

    Replica(DurableRows rows, Tombstones tombstones, WallClock wall, QuorumRules rules) {
        this.rows = rows;
        this.tombstones = tombstones;
        this.wall = wall;
        this.doubtful = rows.store().doubtful();
        this.rules = rules;
    }

    /** The row as it is stored. What the disk has spoilt is not there, and puts its partition in doubt. */
    byte @Nullable [] bytes(RowKey key) {
        try {
            return rows.get(key);
        } catch (RowDamagedException e) {
            doubt(key.partition());
            return null;
        }
    }

    /** Durably, before anything is put in the place of what was spoilt. */
    private void doubt(int partition) {
        if (!doubtful.get(partition)) {
            doubtful.set(partition);
            rows.store().doubt(partition);
        }
    }

    Versions load(RowKey key) {
        byte[] state = bytes(key);
        return state == null ? Versions.NONE : Versions.decode(state);
    }

    /** Whether rows of a partition may be missing or old here: this node answers no reads of it until it has taken it from the others. */
    boolean isDoubtful(int partition) {
        return doubtful.get(partition);
    }

    BitSet doubtful() {
        return doubtful;
    }

    /** The partition was taken from the others, durably. */
    void vouch(int partition) {
        doubtful.clear(partition);
        rows.store().vouch(partition);
    }

    /** What expired before is forgotten, and not only hidden: later by what clocks may differ, since what one node forgets all do. */
    long forgottenMillis() {
        return wallMillis() - QuorumNode.MAX_DRIFT.toMillis();
    }

    long wallMillis() {
        return wall.now().toEpochMilli();
    }

    /** The reason why a row cannot become so, if there is one. */
    Optional<String> objection(RowKey key, Versions next) {
        return next.isTombstone() && next != Versions.NONE ? tombstones.objection(key) : Optional.empty();
    }

    byte[] save(RowKey key, Versions next, Turn turn) {
        byte[] state = next.encode();
        save(key, state, turn);
        return state;
    }

    void save(RowKey key, byte[] state, Turn turn) {
        rows.put(key, state);
        tombstones.note(key, Versions.isTombstone(state), turn.nowNanos());
    }

    /** Merges what another replica knows. Empty if this node cannot take it. */
    Optional<byte[]> merge(RowKey key, Versions other, Turn turn) {
        byte[] before = bytes(key);
        Versions mine = before == null ? Versions.NONE : Versions.decode(before);
        Versions next = rules.merge(mine, other).withoutExpired(forgottenMillis());
        if (before != null && next.equals(mine)) {
            return Optional.of(before);
        }
        try {
            return Optional.of(save(key, next, turn));
        } catch (HoldfastException | UncheckedIOException diskRefuses) {
            return Optional.empty();
        }
    }

    /** Takes a row that this node must have, whatever the bounds. */
    void take(RowKey key, Versions other, Turn turn) {
        Versions mine = load(key);
        Versions next = rules.merge(mine, other);
        if (!next.equals(mine)) {
            save(key, next, turn);
        }
    }

    void whenDurable(RowKey key, Turn turn, Consumer<Turn> then) {
        rows.whenDurable(key, turn, then);
    }

    void whenAllDurable(Turn turn, Consumer<Turn> then) {
        rows.whenAllDurable(turn, then);
    }

    List<RowEntry> entries(int partition, int leaf) {
        return rows.store().entries(partition, leaf);
    }

    /** The rows of a hash. What the disk has spoilt puts its partition in doubt. */
    List<Row> rows(long keyHash) {
        try {
            return rows.store().rows(keyHash);
        } catch (RowDamagedException e) {
            doubt(KeyHash.partition(keyHash));
            return List.of();
        }
    }

    RowStore store() {
        return rows.store();
    }

    void forgetAll(int partition) {
        for (RowEntry entry : store().entries(partition)) {
            rows(entry.keyHash()).forEach(row -> forget(row.key()));
        }
    }

    void forget(RowKey key) {
        rows.remove(key);
        tombstones.forget(key);
    }
}
