package io.holdfast.replication.quorum;

import io.holdfast.replication.quorum.QuorumMessage.RepairRow;
import io.holdfast.replication.store.Row;
import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.version.KeyHash;
import java.util.ArrayList;
import java.util.List;

/** Gives rows to members that shall keep them, and forgets those that others keep in this node's place. */
final class Ceding {
    private static final int ANSWER_BYTES = 128 << 10;

    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Filling filling;
    private int swept;

    Ceding(NodeParts parts, Filling filling) {
        this.filling = filling;
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
    }

    /** What this node has of what is asked; what it has still to take itself ends the answer. */
    QuorumMessage.Pulled give(QuorumMessage.Pull asked) {
        List<RepairRow> rows = new ArrayList<>();
        int bytes = 0;
        int complete = 0;
        int leaf = asked.fromLeaf();
        while (complete < asked.partitions().size() && bytes < ANSWER_BYTES) {
            int partition = asked.partitions().get(complete);
            if (filling.isMissing(partition)) {
                break;
            }
            if (replica.store().partitionHash(partition) == 0) {
                leaf = KeyHash.LEAVES; // empty
            }
            while (leaf < KeyHash.LEAVES && bytes < ANSWER_BYTES) {
                bytes += leaf(partition, leaf++, rows);
            }
            if (leaf >= KeyHash.LEAVES) {
                complete++;
                leaf = 0;
            }
        }
        return new QuorumMessage.Pulled(asked.id(), complete, leaf, rows);
    }

    private int leaf(int partition, int leaf, List<RepairRow> rows) {
        int bytes = 0;
        for (RowEntry entry : replica.entries(partition, leaf)) {
            for (Row row : replica.rows(entry.keyHash())) {
                rows.add(new RepairRow(row.key(), row.state()));
                bytes += row.state().length + row.key().encoded().length;
            }
        }
        return bytes;
    }

    /** Once members are settled, what this node keeps no more is a copy that nobody brings up to date: it goes, a partition a step. */
    void onSweep(Turn turn) {
        swept = (swept + 1) % KeyHash.PARTITIONS;
        if (ring.ring().phase() != Ring.Phase.STABLE
                || ring.epoch() == 0
                || ring.keeps(neighbours.self(), swept)
                || filling.isCleaning(swept)) {
            return;
        }
        replica.forgetAll(swept);
    }
}
