package io.holdfast.replication.quorum;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.replication.store.Row;
import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Versions;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for nodes that were not there (DeCandia et al. 2007, "Dynamo", section 4.6): a mark that a row must be sent, or the row itself where this node is no replica of it. Durable and bounded; what is beyond the
 * bound is left to anti-entropy.
 */
final class Hints {
    private static final int AT_ONCE = 64;
    private static final byte[] MARK = {};

    private record Delivery(NodeId target, RowKey key, long hintHash, long rowHash, long giveUpNanos) {}

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final Neighbours neighbours;
    private final RingView ring;
    private final Replica replica;
    private final Ids ids;
    private final DurableRows kept;
    private final Map<NodeId, Set<RowKey>> byTarget =
            new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    private final Map<Long, Delivery> underWay = new LinkedHashMap<>();
    private int count;

    Hints(NodeParts parts, DurableRows kept) {
        this.config = parts.config();
        this.rules = parts.rules();
        this.neighbours = parts.neighbours();
        this.ring = parts.ring();
        this.replica = parts.replica();
        this.ids = parts.ids();
        this.kept = kept;
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            kept.store().entries(partition).forEach(this::index);
        }
    }

    private void index(RowEntry entry) {
        for (Row row : kept.store().rows(entry.keyHash())) {
            index(NodeId.of(row.key().map()), RowKey.decode(row.key().key()));
        }
    }

    private static RowKey hint(NodeId target, RowKey key) {
        return RowKey.of(target.value(), key.encoded());
    }

    private boolean index(NodeId target, RowKey key) {
        boolean added =
                byTarget.computeIfAbsent(target, each -> new LinkedHashSet<>()).add(key);
        count += added ? 1 : 0;
        return added;
    }

    int count() {
        return count;
    }

    boolean isHinted(RowKey key) {
        return byTarget.values().stream().anyMatch(keys -> keys.contains(key));
    }

    /** This node, a replica of the row itself, will send it when the target is there. */
    void keepMarker(NodeId target, RowKey key, Turn turn) {
        boolean known = byTarget.getOrDefault(target, Set.of()).contains(key);
        if (!known && hasRoom(target, key, turn) && put(target, key, MARK, turn)) {
            index(target, key);
        }
    }

    /** This node keeps the row for the target, and says when it would survive a power failure. */
    boolean keepRow(NodeId target, RowKey key, byte[] row, Turn turn, Consumer<Turn> then) {
        if (!hasRoom(target, key, turn)) {
            return false;
        }
        RowKey hint = hint(target, key);
        byte[] before = kept.get(hint);
        byte[] state = row;
        if (before != null && before.length > 0) {
            state = Versions.decode(before).merge(Versions.decode(row)).encode();
        }
        if (!put(target, key, state, turn)) {
            return false;
        }
        index(target, key);
        kept.whenDurable(hint, turn, then);
        return true;
    }

    private boolean put(NodeId target, RowKey key, byte[] state, Turn turn) {
        try {
            kept.put(hint(target, key), state);
            turn.count(QuorumEvent.Count.HINT_KEPT, 1);
            return true;
        } catch (HoldfastException | UncheckedIOException diskRefuses) {
            turn.count(QuorumEvent.Count.HINT_REFUSED, 1);
            return false;
        }
    }

    private boolean hasRoom(NodeId target, RowKey key, Turn turn) {
        boolean room = count < config.maxHints()
                || byTarget.getOrDefault(target, Set.of()).contains(key);
        if (!room) {
            turn.count(QuorumEvent.Count.HINT_REFUSED, 1);
        }
        return room;
    }

    /** What is kept for a node, for who reads while that node is gone. */
    byte @Nullable [] row(NodeId target, RowKey key) {
        byte[] state = kept.get(hint(target, key));
        return state == null || state.length > 0 ? state : replica.bytes(key);
    }

    void onTick(Turn turn) {
        if (ring.epoch() == 0) {
            return; // who keeps what is not known yet
        }
        underWay.values().removeIf(delivery -> turn.nowNanos() >= delivery.giveUpNanos());
        Map<NodeId, Integer> busy = new HashMap<>();
        Set<RowKey> sent = new LinkedHashSet<>();
        underWay.values().forEach(delivery -> {
            busy.merge(delivery.target(), 1, Integer::sum);
            sent.add(hint(delivery.target(), delivery.key()));
        });
        for (NodeId target : List.copyOf(byTarget.keySet())) {
            if (!ring.ring().has(target)) {
                rehome(target, turn);
            } else if (neighbours.isAlive(target)) {
                deliver(target, AT_ONCE - busy.getOrDefault(target, 0), sent, turn);
            }
        }
    }

    private void deliver(NodeId target, int room, Set<RowKey> sent, Turn turn) {
        List<RowKey> next = byTarget.getOrDefault(target, Set.of()).stream()
                .filter(key -> !sent.contains(hint(target, key)))
                .limit(Math.max(0, room))
                .toList();
        for (RowKey key : next) {
            byte[] hint = kept.get(hint(target, key));
            byte[] row = row(target, key);
            if (hint == null || row == null) {
                drop(target, key);
                continue;
            }
            long id = ids.next();
            long giveUp = turn.nowNanos() + 4 * config.hintAfter().toNanos();
            underWay.put(id, new Delivery(target, key, RowHash.of(hint), RowHash.of(row), giveUp));
            neighbours.send(target, new QuorumMessage.Replicate(id, ring.epoch(), key, row, null), turn);
            if (rules.dropsHintWhenSent()) {
                drop(target, key);
            }
        }
    }

    /** The node it is for keeps no rows any more: what is kept goes to those who do. */
    private void rehome(NodeId target, Turn turn) {
        List<RowKey> some =
                byTarget.getOrDefault(target, Set.of()).stream().limit(AT_ONCE).toList();
        for (RowKey key : some) {
            byte[] row = row(target, key);
            if (row == null) {
                drop(target, key);
            } else if (ring.keeps(neighbours.self(), key.partition())) {
                if (replica.merge(key, Versions.decode(row), turn).isPresent()) {
                    replica.whenDurable(key, turn, later -> drop(target, key));
                }
            } else {
                boolean all = true;
                for (NodeId node : ring.of(key).all()) {
                    all &= keepRow(node, key, row, turn, later -> {});
                }
                if (all) {
                    kept.whenAllDurable(turn, later -> drop(target, key));
                }
            }
        }
    }

    /** A node that was no member when it began keeps nothing from before: what was removed since then, and forgotten by everybody, may be among it. */
    void discard() {
        Map<NodeId, List<RowKey>> all = new HashMap<>();
        byTarget.forEach((target, keys) -> all.put(target, List.copyOf(keys)));
        all.forEach((target, keys) -> keys.forEach(key -> drop(target, key)));
    }

    void onStored(long id, Turn turn) {
        Delivery done = underWay.remove(id);
        if (done == null) {
            return;
        }
        byte[] hint = kept.get(hint(done.target(), done.key()));
        boolean same = hint != null
                && RowHash.of(hint) == done.hintHash()
                && RowHash.of(row(done.target(), done.key())) == done.rowHash();
        if (same) {
            drop(done.target(), done.key());
            turn.count(QuorumEvent.Count.HINT_DELIVERED, 1);
        }
    }

    private void drop(NodeId target, RowKey key) {
        Optional.ofNullable(byTarget.get(target)).ifPresent(keys -> {
            if (keys.contains(key)) {
                kept.remove(hint(target, key));
                keys.remove(key);
                count--;
            }
            if (keys.isEmpty()) {
                byTarget.remove(target);
            }
        });
    }
}
