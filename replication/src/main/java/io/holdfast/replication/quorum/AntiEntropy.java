package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.replication.quorum.QuorumMessage.Hashes;
import io.holdfast.replication.quorum.QuorumMessage.LeafRows;
import io.holdfast.replication.quorum.QuorumMessage.Listing;
import io.holdfast.replication.quorum.QuorumMessage.Offer;
import io.holdfast.replication.quorum.QuorumMessage.OfferedRow;
import io.holdfast.replication.quorum.QuorumMessage.Repair;
import io.holdfast.replication.quorum.QuorumMessage.RepairRow;
import io.holdfast.replication.quorum.QuorumMessage.TreePart;
import io.holdfast.replication.quorum.QuorumMessage.Want;
import io.holdfast.replication.quorum.QuorumMessage.WantedRows;
import io.holdfast.replication.store.Row;
import io.holdfast.replication.store.RowEntry;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Compares the rows of this node with those of another by their Merkle trees (DeCandia et al. 2007, "Dynamo", section 4.7), from the whole to the leaves, and sends only what differs. No state is kept between the steps: a
 * message that is lost ends the round, and the next begins anew. Hashes travel cut to 32 bits and salted anew for each round: a difference that a cut hides is seen by the next.
 */
final class AntiEntropy {
    /** How many of something one message carries. */
    private static final int PARTITIONS_A_MESSAGE = 32;

    private static final int NODES_A_MESSAGE = 1024;
    private static final int LEAVES_A_MESSAGE = 512;
    private static final int ROWS_A_MESSAGE = 1024;
    private static final int ROW_BYTES_A_MESSAGE = 64 << 10;
    private static final int LEAVES_A_NODE = KeyHash.LEAVES / RowStore.NODES;

    private final QuorumConfig config;
    private final RingView ring;
    private final Neighbours neighbours;
    private final Replica replica;
    private final Ids ids;
    private final Filling filling;
    private int turnOf;
    private long sentThisRound;

    AntiEntropy(NodeParts parts, Filling filling) {
        this.config = parts.config();
        this.ring = parts.ring();
        this.neighbours = parts.neighbours();
        this.replica = parts.replica();
        this.ids = parts.ids();
        this.filling = filling;
    }

    /** How long until the next round: each other member has its turn once in a period. */
    long pauseNanos() {
        return config.antiEntropy().toNanos() / Math.max(1, ring.ring().nodes().size() - 1);
    }

    /** When the first round is: nodes that start together must not all compare at once, or each row is sent by everybody who has it. */
    long firstNanos() {
        long half = Math.max(1, config.antiEntropy().toNanos() / 2);
        return half + Long.remainderUnsigned(ids.next() * 0x9e3779b97f4a7c15L, half);
    }

    /** A round with the member whose turn it is. */
    void onRound(Turn turn) {
        sentThisRound = 0;
        List<NodeId> others = ring.ring().nodes().stream()
                .filter(node -> !node.equals(neighbours.self()))
                .toList();
        if (others.isEmpty()) {
            return;
        }
        turnOf = (turnOf + 1) % others.size();
        NodeId peer = others.get(turnOf);
        if (!neighbours.isAlive(peer)) {
            return;
        }
        int salt = (int) ids.next();
        List<TreePart> parts = new ArrayList<>();
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            if (isShared(partition, peer)) {
                parts.add(new TreePart(
                        partition, 0, new int[] {cut(replica.store().partitionHash(partition), salt)}));
            }
        }
        send(peer, 0, salt, parts, KeyHash.PARTITIONS, turn);
    }

    private boolean isShared(int partition, NodeId peer) {
        return ring.keeps(neighbours.self(), partition) && ring.keeps(peer, partition) && !filling.isMissing(partition);
    }

    private static int cut(long hash, int salt) {
        long z = hash + salt * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        return (int) (z >>> 32);
    }

    private void send(NodeId peer, int level, int salt, List<TreePart> parts, int perMessage, Turn turn) {
        chunks(parts, perMessage, some -> neighbours.send(peer, new Hashes(ring.epoch(), salt, level, some), turn));
    }

    private static <X> void chunks(List<X> all, int size, Consumer<List<X>> send) {
        for (int from = 0; from < all.size(); from += size) {
            send.accept(List.copyOf(all.subList(from, Math.min(all.size(), from + size))));
        }
    }

    /** The other's hashes of some level: where ours differ, we answer with ours of the next. */
    void onHashes(NodeId peer, Hashes theirs, Turn turn) {
        List<TreePart> next = new ArrayList<>();
        List<LeafRows> leaves = new ArrayList<>();
        for (TreePart part : theirs.parts()) {
            if (!isShared(part.partition(), peer)) {
                continue;
            }
            switch (theirs.level()) {
                case 0 -> comparePartition(part, theirs.salt(), next);
                case 1 -> compareNodes(part, theirs.salt(), next);
                default -> compareLeaves(part, theirs.salt(), leaves);
            }
        }
        int perMessage = theirs.level() == 0 ? PARTITIONS_A_MESSAGE : NODES_A_MESSAGE;
        send(peer, theirs.level() + 1, theirs.salt(), next, perMessage, turn);
        chunks(
                leaves,
                LEAVES_A_MESSAGE,
                some -> neighbours.send(peer, new Listing(ring.epoch(), theirs.salt(), some), turn));
    }

    private void comparePartition(TreePart theirs, int salt, List<TreePart> next) {
        RowStore store = replica.store();
        if (theirs.hashes().length == 1 && theirs.hashes()[0] != cut(store.partitionHash(theirs.partition()), salt)) {
            int[] nodes = new int[RowStore.NODES];
            for (int node = 0; node < nodes.length; node++) {
                nodes[node] = cut(store.nodeHash(theirs.partition(), node), salt);
            }
            next.add(new TreePart(theirs.partition(), 0, nodes));
        }
    }

    private void compareNodes(TreePart theirs, int salt, List<TreePart> next) {
        RowStore store = replica.store();
        for (int node = 0; node < Math.min(RowStore.NODES, theirs.hashes().length); node++) {
            if (theirs.hashes()[node] != cut(store.nodeHash(theirs.partition(), node), salt)) {
                int[] leaves = new int[LEAVES_A_NODE];
                for (int leaf = 0; leaf < leaves.length; leaf++) {
                    leaves[leaf] = cut(store.leafHash(theirs.partition(), node * LEAVES_A_NODE + leaf), salt);
                }
                next.add(new TreePart(theirs.partition(), node, leaves));
            }
        }
    }

    private void compareLeaves(TreePart theirs, int salt, List<LeafRows> differing) {
        RowStore store = replica.store();
        for (int i = 0; i < Math.min(LEAVES_A_NODE, theirs.hashes().length); i++) {
            int leaf = theirs.node() * LEAVES_A_NODE + i;
            if (theirs.hashes()[i] != cut(store.leafHash(theirs.partition(), leaf), salt)) {
                List<RowEntry> entries = store.entries(theirs.partition(), leaf);
                int[] keys = new int[entries.size()];
                int[] states = new int[entries.size()];
                for (int row = 0; row < keys.length; row++) {
                    keys[row] = cut(entries.get(row).keyHash(), salt);
                    states[row] = cut(entries.get(row).stateHash(), salt);
                }
                differing.add(new LeafRows(theirs.partition(), leaf, keys, states));
            }
        }
    }

    /** What the other has in leaves that differ: we send what it lacks, say what we know of what differs, and ask for what we lack. */
    void onListing(NodeId peer, Listing listing, Turn turn) {
        List<RowEntry> lacking = new ArrayList<>();
        List<RowEntry> differing = new ArrayList<>();
        List<WantedRows> wanted = new ArrayList<>();
        for (LeafRows leaf : listing.leaves()) {
            if (!isShared(leaf.partition(), peer)) {
                continue;
            }
            Map<Integer, Integer> theirs = new HashMap<>();
            for (int i = 0; i < Math.min(leaf.keys().length, leaf.states().length); i++) {
                theirs.put(leaf.keys()[i], leaf.states()[i]);
            }
            for (RowEntry mine : replica.entries(leaf.partition(), leaf.leaf())) {
                Integer state = theirs.remove(cut(mine.keyHash(), listing.salt()));
                if (state == null) {
                    lacking.add(mine);
                } else if (state != cut(mine.stateHash(), listing.salt())) {
                    differing.add(mine);
                }
            }
            if (!theirs.isEmpty()) {
                int[] keys = theirs.keySet().stream().mapToInt(key -> key).toArray();
                wanted.add(new WantedRows(leaf.partition(), leaf.leaf(), listing.salt(), keys));
            }
        }
        sendRows(peer, lacking, false, turn);
        offer(peer, differing, turn);
        want(peer, wanted, turn);
    }

    private void want(NodeId peer, List<WantedRows> wanted, Turn turn) {
        chunks(wanted, LEAVES_A_MESSAGE, some -> neighbours.send(peer, new Want(ring.epoch(), some), turn));
    }

    /** A row travels once, from who knows more: to send ours first would move it twice whenever ours is the older one. */
    private void offer(NodeId peer, List<RowEntry> differing, Turn turn) {
        List<OfferedRow> offered = new ArrayList<>();
        for (RowEntry entry : differing) {
            for (Row row : replica.rows(entry.keyHash())) {
                offered.add(new OfferedRow(
                        entry.keyHash(), Versions.decode(row.state()).context()));
            }
        }
        chunks(offered, ROWS_A_MESSAGE, some -> neighbours.send(peer, new Offer(ring.epoch(), some), turn));
    }

    /** What the other knows of rows that differ: we ask for those of which it knows more, and send ours otherwise. Where neither knows all, it sends back what we lack. */
    void onOffer(NodeId peer, Offer offer, Turn turn) {
        List<RowEntry> newer = new ArrayList<>();
        List<RowEntry> apart = new ArrayList<>();
        List<WantedRows> wanted = new ArrayList<>();
        for (OfferedRow theirs : offer.rows()) {
            int partition = KeyHash.partition(theirs.keyHash());
            if (!isShared(partition, peer)) {
                continue;
            }
            int leaf = KeyHash.leaf(theirs.keyHash());
            for (RowEntry mine : replica.entries(partition, leaf)) {
                if (mine.keyHash() == theirs.keyHash()) {
                    switch (compare(mine, theirs.known())) {
                        case OLDER ->
                            wanted.add(new WantedRows(partition, leaf, 0, new int[] {cut(mine.keyHash(), 0)}));
                        case NEWER -> newer.add(mine);
                        case APART -> apart.add(mine);
                    }
                }
            }
        }
        sendRows(peer, newer, false, turn);
        sendRows(peer, apart, true, turn);
        want(peer, wanted, turn);
    }

    private enum Mine {
        OLDER,
        NEWER,
        APART
    }

    /** Two keys of one hash are exchanged whole. */
    private Mine compare(RowEntry mine, CausalContext theirs) {
        List<Row> rows = replica.rows(mine.keyHash());
        if (rows.size() != 1) {
            return Mine.APART;
        }
        CausalContext known = Versions.decode(rows.get(0).state()).context();
        boolean all = known.covers(theirs);
        return all == theirs.covers(known) ? Mine.APART : all ? Mine.NEWER : Mine.OLDER;
    }

    void onWant(NodeId peer, Want want, Turn turn) {
        List<RowEntry> found = new ArrayList<>();
        for (WantedRows rows : want.rows()) {
            if (isShared(rows.partition(), peer)) {
                for (RowEntry mine : replica.entries(rows.partition(), rows.leaf())) {
                    int key = cut(mine.keyHash(), rows.salt());
                    for (int wanted : rows.keys()) {
                        if (wanted == key) {
                            found.add(mine);
                        }
                    }
                }
            }
        }
        sendRows(peer, found, false, turn);
    }

    private void sendRows(NodeId peer, List<RowEntry> entries, boolean answer, Turn turn) {
        List<RepairRow> batch = new ArrayList<>();
        long bytes = 0;
        for (RowEntry entry : entries) {
            if (sentThisRound >= config.roundBytes()) {
                break; // the rest has its turn in the next round
            }
            for (Row row : replica.rows(entry.keyHash())) {
                batch.add(new RepairRow(row.key(), row.state()));
                int size = row.key().encoded().length + row.state().length;
                bytes += size;
                sentThisRound += size;
            }
            if (bytes >= ROW_BYTES_A_MESSAGE) {
                flush(peer, batch, answer, turn);
                bytes = 0;
            }
        }
        flush(peer, batch, answer, turn);
    }

    private void flush(NodeId peer, List<RepairRow> batch, boolean answer, Turn turn) {
        if (!batch.isEmpty()) {
            neighbours.send(peer, new Repair(ring.epoch(), answer, List.copyOf(batch)), turn);
            turn.count(QuorumEvent.Count.TREE_REPAIR, batch.size());
            batch.clear();
        }
    }

    /** Rows of the other. What we know more of those that both have goes back. */
    void onRepair(NodeId peer, Repair repair, Turn turn) {
        List<RepairRow> more = new ArrayList<>();
        for (RepairRow row : repair.rows()) {
            if (!isShared(row.key().partition(), peer)) {
                continue;
            }
            byte[] now =
                    replica.merge(row.key(), Versions.decode(row.row()), turn).orElse(row.row());
            if (repair.answer() && RowHash.of(now) != RowHash.of(row.row())) {
                more.add(new RepairRow(row.key(), now));
            }
        }
        flush(peer, more, false, turn);
    }
}
