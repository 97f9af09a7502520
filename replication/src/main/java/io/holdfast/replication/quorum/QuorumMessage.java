package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.RowKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What nodes of a ring say to each other. An id is the sender's, given back in the answer. */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
sealed interface QuorumMessage {
    /** Asks a replica to make a write: {@code budgetMillis} are left of the caller's time. */
    record Coordinate(long id, long epoch, RowKey key, RowChange change, CallSpec spec, int budgetMillis)
            implements QuorumMessage {}

    /** The outcome of {@link Coordinate}. */
    record Coordinated(long id, QuorumResult result) implements QuorumMessage {}

    /** Shall be merged into the receiver's row, or kept as a hint for another node. Id 0 wants no answer. */
    record Replicate(
            long id,
            long epoch,
            RowKey key,
            byte[] row,
            @Nullable NodeId hintFor) implements QuorumMessage {}

    /** It is stored and synced. The row is there if more than what was sent stands at the receiver. */
    record Stored(long id, @Nullable NodeId hintFor, byte @Nullable [] row) implements QuorumMessage {}

    /** Asks for a row; the answer is short if its hash is the known one. With {@code hintFor} for what is kept for another node. */
    record Fetch(
            long id,
            long epoch,
            RowKey key,
            long knownHash,
            @Nullable NodeId hintFor) implements QuorumMessage {}

    /** A row; none is an empty row. {@code same} if it is the known one. */
    record Fetched(long id, @Nullable NodeId hintFor, boolean same, byte @Nullable [] row) implements QuorumMessage {}

    /** The receiver's request stood on an older ring, or the sender knows of a newer one. */
    record Refused(long id, Refusal reason) implements QuorumMessage {}

    /** The sender's ring. */
    record RingNews(Ring ring) implements QuorumMessage {}

    /** Merkle trees: hashes of whole partitions, salted and cut to 32 bits; {@code -1} in {@code node} stands for the partition itself. */
    record Hashes(long epoch, int salt, int level, List<TreePart> parts) implements QuorumMessage {}

    /** The rows of leaves whose hashes differ: for each the hashes of keys and rows. */
    record Listing(long epoch, int salt, List<LeafRows> leaves) implements QuorumMessage {}

    /** Rows that both have and of which the states differ, by what the sender knows of each: who knows more sends the row. */
    record Offer(long epoch, List<OfferedRow> rows) implements QuorumMessage {}

    /** Rows that the receiver lacks or has otherwise; if {@code answer}, it sends back what it knows more. */
    record Repair(long epoch, boolean answer, List<RepairRow> rows) implements QuorumMessage {}

    /** Asks for rows by the hashes of their keys. */
    record Want(long epoch, List<WantedRows> rows) implements QuorumMessage {}

    /** A node that shall keep partitions asks for their rows, of the first one those behind a hash of keys. */
    record Pull(long id, long epoch, List<Integer> partitions, long after) implements QuorumMessage {}

    /** Rows, in the order of the hashes of their keys: with these the first {@code complete} of the partitions were sent, and the next one up to a hash. Of those in {@code lacking} the sender itself may lack rows. */
    record Pulled(long id, int complete, long upTo, List<Integer> lacking, List<RepairRow> rows)
            implements QuorumMessage {}

    /** Asks whether tombstones can be forgotten: rows by key and hash. */
    record MayCollect(long id, long epoch, int partition, List<Tombstone> tombstones) implements QuorumMessage {}

    /** Which of them are the same here, old enough, and without a hint. */
    record Collectable(long id, List<Boolean> free) implements QuorumMessage {}

    /** Forget these, if they are still what they were. */
    record Collect(long epoch, int partition, List<Tombstone> tombstones) implements QuorumMessage {}

    /** The hashes below a node of a partition's tree. */
    record TreePart(int partition, int node, int[] hashes) {}

    /** The rows of a leaf: for each the hash of its key and of its state, cut. */
    record LeafRows(int partition, int leaf, int[] keys, int[] states) {}

    /** Rows of a leaf by the hash of their keys, cut with a salt. */
    record WantedRows(int partition, int leaf, int salt, int[] keys) {}

    /** A row by the hash of its key, and the writes that the sender knows of it. */
    record OfferedRow(long keyHash, CausalContext known) {}

    /** A row that is sent. */
    record RepairRow(RowKey key, byte[] row) {}

    /** A row without siblings. */
    record Tombstone(RowKey key, long stateHash) {}
}
