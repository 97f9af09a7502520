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

    /** What this node has of what is asked, also of partitions of which it may lack rows itself; it says which. */
    QuorumMessage.Pulled give(QuorumMessage.Pull asked) {
        List<RepairRow> rows = new ArrayList<>();
        List<Integer> lacking = new ArrayList<>();
        int bytes = 0;
        int complete = 0;
        long after = asked.after();
        while (complete < asked.partitions().size() && bytes < ANSWER_BYTES) {
            int partition = asked.partitions().get(complete);
            List<RowEntry> entries = behind(partition, after);
            int given = 0;
            for (; given < entries.size() && bytes < ANSWER_BYTES; given++) {
                for (Row row : replica.rows(entries.get(given).keyHash())) {
                    rows.add(new RepairRow(row.key(), row.state()));
                    bytes += row.state().length + row.key().encoded().length;
                }
                after = entries.get(given).keyHash();
            }
            if (given == entries.size()) {
                complete++;
                after = 0;
                if (filling.isMissing(partition)) {
                    lacking.add(partition);
                }
            }
        }
        return new QuorumMessage.Pulled(asked.id(), complete, after, lacking, rows);
    }

    /** The other entries of a partition, in the order of their hashes. */
    private List<RowEntry> behind(int partition, long after) {
        int first = after == 0 ? 0 : KeyHash.leaf(after);
        List<RowEntry> found = new ArrayList<>();
        boolean empty = replica.store().partitionHash(partition) == 0;
        for (int leaf = first; !empty && leaf < KeyHash.LEAVES; leaf++) {
            for (RowEntry entry : replica.entries(partition, leaf)) {
                if (after == 0 || Long.compareUnsigned(entry.keyHash(), after) > 0) {
                    found.add(entry);
                }
            }
        }
        found.sort((a, b) -> Long.compareUnsigned(a.keyHash(), b.keyHash()));
        return found;
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
