package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What each side says first.
 *
 * @param lowestVersion the oldest protocol version it speaks
 * @param highestVersion the newest one
 * @param maxPayload the largest payload it takes
 * @param node its id
 * @param address where it listens
 * @param cluster the name of its cluster
 * @param clusterId the id of its cluster, empty if it has none yet
 */
record Hello(
        int lowestVersion,
        int highestVersion,
        int maxPayload,
        NodeId node,
        Address address,
        String cluster,
        String clusterId) {
    Hello {
        Check.that(
                lowestVersion >= 1 && lowestVersion <= highestVersion,
                "versions (%d to %d) must be a range",
                lowestVersion,
                highestVersion);
        Check.that(maxPayload >= 1024, "largest payload (%d bytes) must be at least 1024", maxPayload);
        Check.label("cluster name", cluster);
    }

    void write(FrameWriter out) {
        ByteBuf body = out.begin(FrameType.HELLO);
        body.writeInt(FrameType.MAGIC)
                .writeByte(lowestVersion)
                .writeByte(highestVersion)
                .writeByte(0)
                .writeInt(maxPayload);
        putText(body, node.value());
        putText(body, address.host());
        body.writeShort(address.port());
        putText(body, cluster);
        putText(body, clusterId);
        out.end();
    }

    /**
     * Reads a hello. What follows the known fields belongs to later versions and is passed over.
     *
     * @throws ProtocolException if it is none
     */
    static Hello read(ByteBuf body) {
        try {
            int magic = body.readInt();
            Check.that(magic == FrameType.MAGIC, "the first frame (%08x) must begin with HOLD", magic);
            int lowest = body.readUnsignedByte();
            int highest = body.readUnsignedByte();
            body.skipBytes(1);
            int maxPayload = body.readInt();
            NodeId node = NodeId.of(text(body));
            Address address = Address.of(text(body), body.readUnsignedShort());
            return new Hello(lowest, highest, maxPayload, node, address, text(body), text(body));
        } catch (IndexOutOfBoundsException e) {
            throw new ProtocolException("hello was cut short; the peer is no Holdfast node", e);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("hello was refused: " + e.getMessage(), e);
        }
    }

    private static void putText(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(bytes.length).writeBytes(bytes);
    }

    private static String text(ByteBuf in) {
        return in.readCharSequence(in.readUnsignedByte(), StandardCharsets.UTF_8)
                .toString();
    }
}
