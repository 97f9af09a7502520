package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import io.holdfast.core.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which nodes vote, as this node has heard it: among a hundred members they are the few worth asking. It may be out of date, which costs a question in vain. Any thread.
 *
 * <pre>
 * (length varint, name UTF-8)*
 * </pre>
 */
final class KnownReplicas {
    /** More do not vote, also not while the voters change. */
    private static final int MAX = 16;

    private volatile List<NodeId> nodes = List.of();

    List<NodeId> nodes() {
        return nodes;
    }

    void learn(Collection<NodeId> voters) {
        if (!voters.isEmpty()) {
            nodes = voters.stream().distinct().limit(MAX).toList();
        }
    }

    ByteBuffer encode() {
        List<byte[]> names = nodes.stream()
                .map(node -> node.value().getBytes(StandardCharsets.UTF_8))
                .toList();
        ByteBuffer out =
                ByteBuffer.allocate(names.stream().mapToInt(Batch::sizeOf).sum());
        for (byte[] name : names) {
            Varints.put(out, name.length);
            out.put(name);
        }
        return out.flip();
    }

    static List<NodeId> decode(ByteBuffer in) {
        List<NodeId> read = new ArrayList<>();
        while (in.hasRemaining() && read.size() < MAX) {
            byte[] name = new byte[Varints.length(in)];
            in.get(name);
            try {
                read.add(NodeId.of(new String(name, StandardCharsets.UTF_8)));
            } catch (IllegalArgumentException e) {
                throw new CodecException("a voter's name is no node id: " + e.getMessage(), e);
            }
        }
        return read;
    }
}
