package io.holdfast.discovery.swim;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.Collection;
import java.util.List;

/**
 * What is decided when a cluster is founded. Whoever drew the id named the founders with it, so two charters of one id are equal.
 *
 * @param clusterId the id of the cluster; empty in {@link #NONE} alone
 * @param founders who took part in the round that proposed it, sorted; of more than {@value #MAX_FOUNDERS} the first ones
 */
public record Charter(String clusterId, List<NodeId> founders) {
    /** As many fit into a durable cell. */
    public static final int MAX_FOUNDERS = 512;

    /** Nothing was accepted. */
    public static final Charter NONE = new Charter("", List.of());

    /**
     * Copies the list.
     *
     * @param clusterId as the component
     * @param founders as the component
     * @throws IllegalArgumentException if there are too many founders
     */
    public Charter {
        founders = List.copyOf(founders);
        Check.that(
                founders.size() <= MAX_FOUNDERS,
                "a charter names %s founders, it must be at most %s",
                founders.size(),
                MAX_FOUNDERS);
    }

    static Charter of(String clusterId, Collection<NodeId> participants) {
        return new Charter(
                clusterId, participants.stream().sorted().limit(MAX_FOUNDERS).toList());
    }

    boolean isNone() {
        return clusterId.isEmpty();
    }

    void write(WireWriter out) {
        out.text(clusterId);
        out.number(founders.size());
        founders.forEach(founder -> out.text(founder.value()));
    }

    static Charter read(WireReader in) {
        return new Charter(
                in.text("accepted cluster id", PacketCodec.MAX_CLUSTER_ID),
                PacketCodec.list(in, "founders", MAX_FOUNDERS, () -> PacketCodec.node(in, "founder")));
    }
}
