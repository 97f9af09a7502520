package io.holdfast.replication.quorum;

import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.RowKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store, and what waits until it has synced: nothing is told of a row that a power failure could still take back. */
final class DurableRows {
    private record Unsynced(RowKey key, long position) {}

    private static final int MAX_WAITING = 100_000;

    private final RowStore store;
    private final QuorumRules rules;
    private int waits;
    private final Map<RowKey, Long> positions = new HashMap<>();
    private final ArrayDeque<Unsynced> unsynced = new ArrayDeque<>();
    private final TreeMap<Long, List<Consumer<Turn>>> waiting = new TreeMap<>();

    DurableRows(RowStore store, QuorumRules rules) {
        this.store = store;
        this.rules = rules;
    }

    RowStore store() {
        return store;
    }

    byte @Nullable [] get(RowKey key) {
        return store.get(key);
    }

    void put(RowKey key, byte[] state) {
        note(key, store.put(key, RowHash.of(state), state));
    }

    void remove(RowKey key) {
        note(key, store.remove(key));
    }

    private void note(RowKey key, long position) {
        if (position > store.synced()) {
            positions.put(key, position);
            unsynced.add(new Unsynced(key, position));
        }
    }

    /** Goes on when the row, as it is now, would survive a power failure: at once if it would already. */
    void whenDurable(RowKey key, Turn turn, Consumer<Turn> then) {
        Long position = rules.waitsForSync() ? positions.get(key) : null;
        if (position == null) {
            then.accept(turn);
        } else if (waits < MAX_WAITING) {
            waits++;
            waiting.computeIfAbsent(position, each -> new ArrayList<>(2)).add(then);
        } // beyond that a disk stands still: who waits is not answered, and asks others
    }

    /** Goes on when all that was put until now would survive a power failure. */
    void whenAllDurable(Turn turn, Consumer<Turn> then) {
        Unsynced last = rules.waitsForSync() ? unsynced.peekLast() : null;
        if (last == null) {
            then.accept(turn);
        } else {
            waiting.computeIfAbsent(last.position(), each -> new ArrayList<>(2)).add(then);
        }
    }

    void onSynced(long position, Turn turn) {
        while (!unsynced.isEmpty() && unsynced.peek().position() <= position) {
            Unsynced first = unsynced.remove();
            positions.remove(first.key(), first.position());
        }
        Map<Long, List<Consumer<Turn>>> ready = waiting.headMap(position, true);
        List<Consumer<Turn>> go = new ArrayList<>();
        ready.values().forEach(go::addAll);
        ready.clear();
        waits = Math.max(0, waits - go.size());
        go.forEach(each -> each.accept(turn));
    }
}
