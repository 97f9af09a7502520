package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Some commands, or some queries, one behind the other, each behind its length.
 *
 * <pre>
 * message  version u8 = 1, count varint, items
 * items    (length varint, bytes)*
 * </pre>
 *
 * @param count how many
 * @param items the items; never moved, read it by {@link #bytes}
 */
record Batch(int count, ByteBuffer items) {
    private static final byte VERSION = 1;

    static Batch of(List<byte[]> items) {
        int size = items.stream().mapToInt(Batch::sizeOf).sum();
        ByteBuffer out = ByteBuffer.allocate(size);
        for (byte[] item : items) {
            Varints.put(out, item.length);
            out.put(item);
        }
        return new Batch(items.size(), out.flip());
    }

    /** Reads a message and checks that it is made of so many items within the bounds. */
    static Batch decode(byte[] payload, int maxCount, long maxSize, long maxItem) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        if (payload.length == 0 || in.get() != VERSION) {
            throw new CodecException(
                    "a batch must begin with version " + VERSION + "; run nodes of versions that match");
        }
        long count = Varints.get(in);
        if (count < 1 || count > maxCount || in.remaining() > maxSize) {
            throw new CodecException("a batch of " + count + " items and " + in.remaining() + " bytes must have 1 to "
                    + maxCount + " items and at most " + maxSize + " bytes; give all nodes the same bounds");
        }
        ByteBuffer items = in.slice();
        for (long i = 0; i < count; i++) {
            int length = Varints.length(in);
            if (length > maxItem) {
                throw new CodecException("an item (" + length + " bytes) must have at most " + maxItem + " bytes");
            }
            Varints.skip(in, length);
        }
        if (in.hasRemaining()) {
            throw new CodecException("a batch has " + in.remaining() + " bytes behind its last item");
        }
        return new Batch((int) count, items);
    }

    static int sizeOf(byte[] item) {
        return Varints.size(item.length) + item.length;
    }

    int size() {
        return items.remaining();
    }

    ByteBuffer bytes() {
        return items.duplicate();
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(1 + Varints.size(count) + size()).put(VERSION);
        Varints.put(out, count);
        return out.put(bytes()).array();
    }
}
