package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumMessage.RepairRow;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes the partitions that this node shall keep from now on, each from all of its replicas that are alive, and from a majority at least, so that every write that was acknowledged by more is among what they have. Whoever gives rows knows the new ring, and so takes no write that
 * passes this node by: what it gives is all that was acknowledged without it.
 */
final class Filling {
    private static final int AT_ONCE = 4;

    private static final class Part {
        final int partition;
        final Set<NodeId> taken = new HashSet<>();
        NodeId from;
        int leaf;
        long askedNanos;
        long id;

        Part(int partition, NodeId from) {
            this.partition = partition;
            this.from = from;
        }
    }

    private final QuorumConfig config;
    private final QuorumRules rules;
    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Ids ids;
    private final Map<Integer, Part> missing = new TreeMap<>();
    private final Map<Long, Part> underWay = new HashMap<>();
    private long epoch;
    private boolean told = true;

    Filling(NodeParts parts) {
        this.config = parts.config();
        this.rules = parts.rules();
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
        this.ids = parts.ids();
    }

    void onRing(Turn turn) {
        epoch = ring.epoch();
        told = false;
        missing.clear();
        underWay.clear();
        if (ring.ring().phase() == Ring.Phase.FILLING) {
            for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
                List<List<NodeId>> sets = ring.of(partition).writers();
                NodeId self = neighbours.self();
                if (sets.size() == 2 && sets.get(1).contains(self) && !sets.get(0).contains(self)) {
                    missing.put(partition, new Part(partition, self));
                }
            }
        }
        onTick(turn);
    }

    void onTick(Turn turn) {
        underWay.values().removeIf(part -> turn.nowNanos() - part.askedNanos >= 4 * config.hintAfter().toNanos());
        for (Part part : List.copyOf(missing.values())) {
            if (underWay.size() >= AT_ONCE) {
                break;
            }
            if (!underWay.containsValue(part)) {
                ask(part, turn);
            }
        }
        if (missing.isEmpty() && !told) {
            told = true;
            long filled = epoch;
            replica.whenAllDurable(turn, later -> later.out().publish(new QuorumEvent.Filled(filled)));
        }
    }

    /** From the replica that it came from last, or from another if that is gone. */
    private void ask(Part part, Turn turn) {
        List<NodeId> before = new ArrayList<>(ring.of(part.partition).writers().get(0));
        before.removeAll(part.taken);
        before.removeIf(node -> !neighbours.isAlive(node));
        if (before.isEmpty()) {
            return;
        }
        if (!before.contains(part.from)) {
            part.from = before.get((int) (ids.next() % before.size()));
            part.leaf = 0;
        }
        part.id = ids.next();
        part.askedNanos = turn.nowNanos();
        underWay.put(part.id, part);
        neighbours.send(part.from, new QuorumMessage.Pull(part.id, ring.epoch(), part.partition, part.leaf), turn);
    }

    void onPulled(QuorumMessage.Pulled answer, Turn turn) {
        Part part = underWay.remove(answer.id());
        if (part == null) {
            return;
        }
        for (RepairRow row : answer.rows()) {
            if (replica.merge(row.key(), Versions.decode(row.row()), turn).isEmpty()) {
                return; // asked again
            }
        }
        part.leaf = answer.nextLeaf();
        if (part.leaf >= KeyHash.LEAVES) {
            part.taken.add(part.from);
            part.leaf = 0;
            List<NodeId> before = ring.of(part.partition).writers().get(0);
            boolean all = before.stream().noneMatch(node -> neighbours.isAlive(node) && !part.taken.contains(node));
            if (all && part.taken.size() >= rules.filledFrom(before.size())) {
                missing.remove(part.partition);
            }
        }
        onTick(turn);
    }

    /** Whether this node lacks rows of a partition that it shall keep. */
    boolean isMissing(int partition) {
        return missing.containsKey(partition);
    }

    int missing() {
        return missing.size();
    }
}
