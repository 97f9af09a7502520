package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumMessage.Tombstone;
import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.version.HybridClock;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Forgets tombstones when nothing can bring back what they stand for: all replicas hold the same one and have held it for longer than a message can be under way, and no member keeps a hint for the row. Everybody that
 * keeps rows must say so; while one is away nothing is forgotten. And it looks through the rows, slowly, for values that have expired.
 */
final class Collector {
    private static final int BATCH = 256;

    private static final class Question {
        final int partition;
        final List<Tombstone> tombstones;
        final Set<NodeId> agreed = new HashSet<>();
        final List<Boolean> free;
        final long giveUpNanos;

        Question(int partition, List<Tombstone> tombstones, List<Boolean> free, long giveUpNanos) {
            this.partition = partition;
            this.tombstones = tombstones;
            this.free = free;
            this.giveUpNanos = giveUpNanos;
        }
    }

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Ids ids;
    private final Tombstones tombstones;
    private final Hints hints;
    private final HybridClock clock;
    private final Map<Long, Question> open = new HashMap<>();
    private int swept;

    Collector(NodeParts parts, Tombstones tombstones, Hints hints, HybridClock clock) {
        this.clock = clock;
        this.config = parts.config();
        this.rules = parts.rules();
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
        this.ids = parts.ids();
        this.tombstones = tombstones;
        this.hints = hints;
    }

    /** A partition of the look through all rows, then questions about what is old. */
    void onSweep(Turn turn) {
        swept = (swept + 1) % KeyHash.PARTITIONS;
        boolean empty = replica.store().partitionHash(swept) == 0;
        for (int leaf = 0; !empty && leaf < KeyHash.LEAVES; leaf++) {
            sweep(swept, leaf, turn);
        }
        open.values().removeIf(question -> turn.nowNanos() >= question.giveUpNanos);
        if (open.isEmpty() && ring.ring().phase() == Ring.Phase.STABLE) {
            tombstones.partitions(config.tombstoneGrace().toNanos(), turn.nowNanos()).stream()
                    .filter(partition -> first(partition).equals(neighbours.self()))
                    .limit(8)
                    .forEach(partition -> ask(partition, turn));
        }
    }

    private NodeId first(int partition) {
        List<NodeId> readers = ring.of(partition).readers();
        return readers.isEmpty() ? NodeId.of("nobody") : readers.get(0);
    }

    private void sweep(int partition, int leaf, Turn turn) {
        for (RowEntry entry : replica.entries(partition, leaf)) {
            replica.rows(entry.keyHash()).forEach(row -> {
                Versions now = Versions.decode(row.state());
                Versions next = now.withoutExpired(replica.forgottenMillis());
                if (!next.equals(now) && replica.merge(row.key(), next, turn).isPresent()) {
                    turn.count(QuorumEvent.Count.EXPIRED, 1);
                }
            });
        }
    }

    private void ask(int partition, Turn turn) {
        List<Tombstone> found = new ArrayList<>();
        for (long key : tombstones.old(partition, config.tombstoneGrace().toNanos(), turn.nowNanos(), BATCH)) {
            replica.rows(key).forEach(row -> found.add(new Tombstone(row.key(), row.stateHash())));
        }
        List<Boolean> free = new ArrayList<>(judge(partition, found, turn));
        long giveUp = turn.nowNanos() + 4 * config.hintAfter().toNanos();
        Question question = new Question(partition, found, free, giveUp);
        question.agreed.add(neighbours.self());
        long id = ids.next();
        open.put(id, question);
        for (NodeId node : ring.ring().nodes()) {
            if (!node.equals(neighbours.self())) {
                neighbours.send(node, new QuorumMessage.MayCollect(id, ring.epoch(), partition, found), turn);
            }
        }
        finish(id, question, turn);
    }

    /** Which of them this node has nothing against. */
    List<Boolean> judge(int partition, List<Tombstone> asked, Turn turn) {
        boolean mine = ring.keeps(neighbours.self(), partition);
        List<Boolean> free = new ArrayList<>(asked.size());
        for (Tombstone each : asked) {
            long here = RowHash.of(replica.bytes(each.key()));
            boolean same = here == (mine ? each.stateHash() : RowHash.ABSENT);
            boolean aged = !mine
                    || tombstones.isOlder(each.key(), config.tombstoneGrace().toNanos(), turn.nowNanos());
            free.add(rules.isCollectable(same, aged, hints.isHinted(each.key())));
        }
        return free;
    }

    void onCollectable(NodeId from, QuorumMessage.Collectable answer, Turn turn) {
        Question question = open.get(answer.id());
        if (question == null || answer.free().size() != question.free.size()) {
            return;
        }
        question.agreed.add(from);
        for (int i = 0; i < question.free.size(); i++) {
            question.free.set(i, question.free.get(i) && answer.free().get(i));
        }
        finish(answer.id(), question, turn);
    }

    private void finish(long id, Question question, Turn turn) {
        if (!rules.allAgree(ring.ring().nodes(), question.agreed)) {
            return;
        }
        open.remove(id);
        List<Tombstone> gone = new ArrayList<>();
        for (int i = 0; i < question.free.size(); i++) {
            if (question.free.get(i)) {
                gone.add(question.tombstones.get(i));
            }
        }
        if (!gone.isEmpty()) {
            QuorumMessage collect = new QuorumMessage.Collect(ring.epoch(), question.partition, gone);
            for (NodeId node : ring.of(question.partition).all()) {
                if (node.equals(neighbours.self())) {
                    collect(gone, turn);
                } else {
                    neighbours.send(node, collect, turn);
                }
            }
        }
    }

    void collect(List<Tombstone> gone, Turn turn) {
        for (Tombstone each : gone) {
            byte[] row = replica.bytes(each.key());
            if (row != null && RowHash.of(row) == each.stateHash()) {
                if (rules.passesForgotten()) {
                    clock.pass(Versions.decode(row).latestTime()); // others may know the row a moment longer
                }
                replica.forget(each.key());
                turn.count(QuorumEvent.Count.TOMBSTONE_COLLECTED, 1);
            }
        }
    }
}
