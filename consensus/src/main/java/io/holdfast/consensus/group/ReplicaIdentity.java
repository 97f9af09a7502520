package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.core.Check;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.env.DurableCells;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which replica of a group this node's storage is, kept in a durable cell beside the cluster's id. It is written before the storage is touched: storage without it, and it without storage, are
 * never opened, so no replica votes again with a log that it has lost.
 *
 * @param group the group
 * @param clusterId the cluster's id
 * @param peer the node and its incarnation
 * @param stage what was meant to happen with the storage
 * @param founding with whom the group is founded; empty unless it is being founded
 */
public record ReplicaIdentity(GroupId group, String clusterId, PeerId peer, Stage stage, List<PeerId> founding) {
    /** What was meant to happen with the storage. */
    public enum Stage {
        /** The group is being founded; storage that is not there was never made. */
        FOUNDING,
        /** The replica was opened; storage that is not there is lost. */
        OPEN,
        /** The replica is out of the group, or its storage was lost; what is there is to be set aside. */
        RETIRED,
        /** The group is being founded by this node alone on the state of a backup; storage that is there is unfinished. */
        RESTORING
    }

    private static final int VERSION = 1;
    private static final int MAX_FOUNDING = 7;

    /**
     * Copies the list.
     *
     * @param group as the component
     * @param clusterId as the component
     * @param peer as the component
     * @param stage as the component
     * @param founding as the component
     */
    public ReplicaIdentity {
        founding = List.copyOf(founding);
        Check.between("founding voters", founding.size(), 0, MAX_FOUNDING);
    }

    /**
     * The cell of a group.
     *
     * @param group the group
     * @return the name
     */
    public static String cell(GroupId group) {
        return "group-" + group;
    }

    /**
     * Reads what was kept.
     *
     * @param cells where it is kept
     * @param group the group
     * @return the identity, or empty if this node never had a replica of the group
     * @throws ProtocolException if another version of the library wrote it, or it is broken: start that version, or restore the data directory
     */
    public static Optional<ReplicaIdentity> read(DurableCells cells, GroupId group) {
        return cells.read(cell(group)).map(bytes -> decode(group, bytes));
    }

    /**
     * Refuses a data directory of another node or cluster.
     *
     * @param node this node
     * @param cluster the id of this node's cluster
     * @throws ClusterMismatchException if it is; the message names both
     */
    public void require(NodeId node, String cluster) {
        if (!peer.node().equals(node)) {
            throw new ClusterMismatchException("replica " + peer + " of group " + group
                    + " in the data directory belongs to node " + peer.node() + ", not to " + node
                    + "; give each node a directory of its own, or start it under its old name");
        }
        if (!clusterId.equals(cluster)) {
            throw new ClusterMismatchException("replica " + peer + " of group " + group
                    + " in the data directory belongs to cluster " + clusterId + ", not to " + cluster
                    + "; start the node with the directory it had there, or with an empty one");
        }
    }

    ReplicaIdentity at(Stage value) {
        return new ReplicaIdentity(group, clusterId, peer, value, value == Stage.FOUNDING ? founding : List.of());
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(group.value());
            out.writeUTF(clusterId);
            out.writeUTF(peer.toString());
            out.writeByte(stage.ordinal());
            out.writeByte(founding.size());
            for (PeerId voter : founding) {
                out.writeUTF(voter.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static ReplicaIdentity decode(GroupId expected, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            Check.that(version == VERSION, "its version (%s) must be %s", version, VERSION);
            GroupId group = GroupId.of(in.readUTF());
            Check.that(group.equals(expected), "its group (%s) must be %s", group, expected);
            String clusterId = in.readUTF();
            PeerId peer = PeerId.parse(in.readUTF());
            Stage stage = Stage.values()[(int) Check.between("its stage", in.readUnsignedByte(), 0, 3)];
            List<PeerId> founding = new ArrayList<>();
            for (int left = in.readUnsignedByte(); left > 0; left--) {
                founding.add(PeerId.parse(in.readUTF()));
            }
            Check.that(in.available() == 0, "%s bytes follow its end", in.available());
            return new ReplicaIdentity(group, clusterId, peer, stage, founding);
        } catch (IOException | IllegalArgumentException e) {
            throw new ProtocolException("durable cell " + cell(expected) + " cannot be read (" + e.getMessage()
                    + "); start the version of Holdfast that wrote it, or restore the data directory");
        }
    }
}
