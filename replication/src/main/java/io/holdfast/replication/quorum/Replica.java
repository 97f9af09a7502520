package io.holdfast.replication.quorum;

import io.holdfast.core.env.WallClock;
import io.holdfast.replication.store.Row;
import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Versions;
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

    Replica(DurableRows rows, Tombstones tombstones, WallClock wall, QuorumRules rules) {
        this.rows = rows;
        this.tombstones = tombstones;
        this.wall = wall;
        this.rules = rules;
    }

    byte @Nullable [] bytes(RowKey key) {
        return rows.get(key);
    }

    Versions load(RowKey key) {
        byte[] state = rows.get(key);
        return state == null ? Versions.NONE : Versions.decode(state);
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
        rows.put(key, state);
        tombstones.note(key, next.isTombstone(), turn.nowNanos());
        return state;
    }

    /** Merges what another replica knows. Empty if this node cannot take it. */
    Optional<byte[]> merge(RowKey key, Versions other, Turn turn) {
        byte[] before = rows.get(key);
        Versions mine = before == null ? Versions.NONE : Versions.decode(before);
        Versions next = rules.merge(mine, other).withoutExpired(wallMillis());
        if (before != null && next.equals(mine)) {
            return Optional.of(before);
        }
        if (objection(key, next).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(save(key, next, turn));
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

    List<Row> rows(long keyHash) {
        return rows.store().rows(keyHash);
    }

    RowStore store() {
        return rows.store();
    }

    void forget(RowKey key) {
        rows.remove(key);
        tombstones.forget(key);
    }
}
