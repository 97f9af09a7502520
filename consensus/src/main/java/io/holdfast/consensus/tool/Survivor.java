package io.holdfast.consensus.tool;

import io.holdfast.consensus.group.ReplicaIdentity;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.ratis.StoredReplica;
import io.holdfast.consensus.storage.Finding;
import io.holdfast.consensus.storage.ReplicaStorage;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.FileCells;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A replica whose node does not run and whose data directory is here. */
record Survivor(Path directory, String cluster, PeerId peer, StoredReplica stored) {
    /** As Raft compares logs: the term of the last entry, then its index (Ongaro, section 3.6.1). */
    static final Comparator<Survivor> ORDER = Comparator.<Survivor>comparingLong(survivor -> survivor.stored.term())
            .thenComparingLong(survivor -> survivor.stored.index());

    /**
     * Reads a data directory. As at each start, a torn last write is cut off, which was never acknowledged.
     *
     * @throws IOException if it cannot be read or is damaged
     * @throws IllegalStateException if its node runs
     * @throws UnavailableException if there is nothing in it that may be used
     */
    static Survivor read(Path directory, NodeId node, GroupId group) throws IOException {
        Path consensus = directory.resolve("consensus");
        if (!Files.isDirectory(consensus.resolve(group.value()))) {
            throw new UnavailableException("data directory " + directory + " of node " + node
                    + " holds no replica of group " + group + "; name the directory that holdfast.node.data-dir names");
        }
        try (FileCells cells = FileCells.open(directory, node.value())) {
            ReplicaIdentity identity = ReplicaIdentity.read(cells, group)
                    .filter(found -> found.stage() == ReplicaIdentity.Stage.OPEN
                            || found.stage() == ReplicaIdentity.Stage.FOUNDING)
                    .orElseThrow(() -> new UnavailableException("the replica in " + directory + " has left group "
                            + group + " or never was in it; what it holds may be old"));
            Finding finding = ReplicaStorage.of(consensus, group).examine();
            if (finding instanceof Finding.Damaged damaged) {
                throw new UnavailableException("the replica in " + directory + " cannot be used: " + damaged.reason());
            }
            return new Survivor(
                    directory, identity.clusterId(), identity.peer(), StoredReplica.read(consensus, group, node));
        }
    }
}
