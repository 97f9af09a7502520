package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.List;

/**
 * What a node remembers over restarts, in one durable cell: its cluster's id, how often it ran, and what it accepted while the cluster was formed.
 *
 * @param clusterId the id of the cluster that it belongs to; empty before it has joined one
 * @param run grows with every start: incarnations begin at {@code run << 16}
 * @param promisedBallot the highest ballot that was promised while the cluster was formed, 0 if none (Paxos, phase 1)
 * @param acceptedBallot the ballot of the accepted value, 0 if none (Paxos, phase 2)
 * @param accepted the charter accepted while forming; {@link Charter#NONE} if none
 */
public record SwimMemory(String clusterId, long run, long promisedBallot, long acceptedBallot, Charter accepted) {
    /** The cell's name. */
    public static final String CELL = "swim";

    static final SwimMemory NOTHING = new SwimMemory("", 0, 0, 0, Charter.NONE);
    private static final int VERSION = 2; // 1 kept an id without its founders

    /**
     * Reads what is remembered.
     *
     * @param cells where it is kept
     * @return the memory; an empty one if nothing was kept
     * @throws io.holdfast.core.ProtocolException if the cell is of an unknown version or broken: another version of the library wrote it, so start that one
     */
    public static SwimMemory read(DurableCells cells) {
        return cells.read(CELL).map(SwimMemory::decode).orElse(NOTHING);
    }

    /** Who founded this node's cluster; empty if this node had no part in it. */
    List<NodeId> founders() {
        return accepted.clusterId().equals(clusterId) ? accepted.founders() : List.of();
    }

    byte[] encode() {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.text(clusterId);
        out.number(run);
        out.number(promisedBallot);
        out.number(acceptedBallot);
        accepted.write(out);
        return out.bytes();
    }

    static SwimMemory decode(byte[] bytes) {
        WireReader in = new WireReader("durable cell swim", bytes);
        in.version("durable cell swim", VERSION);
        SwimMemory memory = new SwimMemory(
                in.text("cluster id", PacketCodec.MAX_CLUSTER_ID),
                in.number("run"),
                in.number("promised ballot"),
                in.number("accepted ballot"),
                Charter.read(in));
        in.end();
        return memory;
    }

    SwimMemory withClusterId(String value) {
        return new SwimMemory(value, run, promisedBallot, acceptedBallot, accepted);
    }

    SwimMemory withRun(long value) {
        return new SwimMemory(clusterId, value, promisedBallot, acceptedBallot, accepted);
    }

    SwimMemory withPromised(long ballot) {
        return new SwimMemory(clusterId, run, ballot, acceptedBallot, accepted);
    }

    SwimMemory withAccepted(long ballot, Charter value) {
        return new SwimMemory(clusterId, run, Math.max(promisedBallot, ballot), ballot, value);
    }
}
