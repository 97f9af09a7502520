package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a {@link Ring}, in its row and in messages. */
final class RingCodec {
    static final int MAX_BYTES = 1 << 18;
    private static final int LAYOUT = 1;
    private static final int MAX_NAME = 255;

    private RingCodec() {}

    static byte[] encode(Ring ring) {
        WireWriter out = new WireWriter();
        out.u8(LAYOUT);
        out.number(ring.epoch());
        out.u8(ring.phase().ordinal());
        members(ring.current(), out);
        members(ring.target(), out);
        return out.bytes();
    }

    private static void members(List<RingMember> members, WireWriter out) {
        out.number(members.size());
        for (RingMember member : members) {
            out.text(member.node().value());
            out.text(member.zone());
            out.fixed64(member.store());
        }
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the bytes are no ring. */
    static Ring decode(byte[] bytes) {
        WireReader in = new WireReader("ring", bytes);
        in.version("ring", LAYOUT);
        long epoch = in.number("epoch");
        Ring.Phase phase = Ring.Phase.values()[in.number("phase", Ring.Phase.values().length - 1)];
        List<RingMember> current = members(in);
        List<RingMember> target = members(in);
        in.end();
        try {
            return new Ring(epoch, phase, current, target);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private static List<RingMember> members(WireReader in) {
        int size = in.count("members", Ring.MAX_MEMBERS);
        List<RingMember> members = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            String node = in.text("node", MAX_NAME);
            String zone = in.text("zone", MAX_NAME);
            try {
                members.add(new RingMember(NodeId.of(node), zone, in.fixed64("store")));
            } catch (IllegalArgumentException e) {
                throw in.broken(String.valueOf(e.getMessage()));
            }
        }
        return members;
    }
}
