package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * What the parts of one replica share.
 *
 * @param group the group
 * @param self the peer
 * @param node what the replicas of this node share
 */
record Wiring(GroupId group, PeerId self, Node node) {
    /**
     * What the replicas of a node share.
     *
     * @param transport the wire
     * @param addresses where nodes listen
     * @param config the numbers
     * @param environment clocks and threads
     * @param telemetry metrics and decisions
     * @param work one thread for what may wait for a disk or a lock: old log entries, snapshots that go out
     * @param beats one thread for heartbeats
     * @param arrivals one thread for snapshots that come in
     * @param disks what is done before each sync of the log in a directory
     */
    record Node(
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            RaftConfig config,
            Environment environment,
            Telemetry telemetry,
            ExecutorService work,
            ExecutorService beats,
            ExecutorService arrivals,
            Disks disks) {}

    /** Makes what stands between a log and its disk. */
    @FunctionalInterface
    interface Disks {
        /** For the log in a directory. */
        LogDisk of(Path directory) throws IOException;
    }

    RaftGroupId groupId() {
        return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(("holdfast/" + group).getBytes(StandardCharsets.UTF_8)));
    }

    RaftPeerId selfId() {
        return idOf(self);
    }

    static RaftPeerId idOf(PeerId peer) {
        return RaftPeerId.valueOf(peer.toString());
    }

    /** Without an address: the transport knows where a node listens now. */
    static RaftPeer peerOf(PeerId peer) {
        return RaftPeer.newBuilder().setId(idOf(peer)).build();
    }

    long nowNanos() {
        return node.environment().clock().nanoTime();
    }
}
