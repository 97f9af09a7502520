package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.sharding.map.Host;

/** The bytes of a fence's row: {@code [version u8][epoch][node][run]}. */
final class FenceCodec {
    private static final int VERSION = 1;
    private static final int MAX_LABEL = 255;

    private FenceCodec() {}

    static byte[] encode(Epoch epoch, Host host) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.number(epoch.value());
        out.text(host.node().value());
        out.fixed64(host.run());
        return out.bytes();
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the row is no fence, or of a newer layout. */
    static Fence decode(Row row) {
        WireReader in = new WireReader("fence " + row.key(), row.value());
        in.version("fence " + row.key(), VERSION);
        Epoch epoch = new Epoch(in.number("epoch"));
        String node = in.text("node", MAX_LABEL);
        long run = in.fixed64("run");
        in.end();
        try {
            return new Fence(epoch, new Host(NodeId.of(node), run), row.version());
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }
}
