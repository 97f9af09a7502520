package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import java.nio.ByteBuffer;

/** Unsigned numbers of seven bits a byte, the lowest first (LEB128). */
final class Varints {
    private static final int MAX_BYTES = 9;

    private Varints() {}

    static int size(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    /** Writes a number of zero or more. */
    static void put(ByteBuffer out, long value) {
        long rest = value;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    static long get(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES && in.hasRemaining(); i++) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new CodecException("a number has no end within " + MAX_BYTES + " bytes");
    }

    /** A number that counts bytes which follow. */
    static int length(ByteBuffer in) {
        long length = get(in);
        if (length > in.remaining()) {
            throw new CodecException("a length (" + length + ") exceeds the " + in.remaining() + " bytes that follow");
        }
        return (int) length;
    }

    static void skip(ByteBuffer in, int bytes) {
        in.position(in.position() + bytes);
    }
}
