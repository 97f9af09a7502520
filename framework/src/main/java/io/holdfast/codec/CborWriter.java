package io.holdfast.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes one message: definite lengths and shortest forms (RFC 8949, section 4.2). One thread, one message. */
final class CborWriter {
    private static final int USUAL_SIZE = 256;
    private static final int LARGEST_HEAD = 1 + Long.BYTES;
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
    private final int maxDepth;
    private byte[] bytes = new byte[USUAL_SIZE];
    private int size;
    private int depth;

    CborWriter(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    static byte[] encodedText(String text) {
        var out = new CborWriter(1);
        out.writeString(text);
        return out.toByteArray();
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void writeNull() {
        simple(Cbor.NULL);
    }

    void writeBoolean(boolean value) {
        simple(value ? Cbor.TRUE : Cbor.FALSE);
    }

    void writeInteger(long value) {
        if (value >= 0) {
            head(Cbor.UNSIGNED, value);
        } else {
            head(Cbor.NEGATIVE, ~value); // -1 - n
        }
    }

    void writeFloat(float value) {
        room(LARGEST_HEAD);
        bytes[size] = (byte) Cbor.first(Cbor.SIMPLE, Cbor.FOUR_BYTES);
        Cbor.INTS.set(bytes, size + 1, Float.floatToRawIntBits(value));
        size += 1 + Integer.BYTES;
    }

    void writeDouble(double value) {
        room(LARGEST_HEAD);
        bytes[size] = (byte) Cbor.first(Cbor.SIMPLE, Cbor.EIGHT_BYTES);
        Cbor.LONGS.set(bytes, size + 1, Double.doubleToRawLongBits(value));
        size += 1 + Long.BYTES;
    }

    void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        head(Cbor.TEXT, utf8.length);
        writeEncoded(utf8);
    }

    void writeBytes(byte[] value) {
        head(Cbor.BYTES, value.length);
        writeEncoded(value);
    }

    /** Appends what {@link #encodedText} made: names are encoded once. */
    void writeEncoded(byte[] encoded) {
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
    }

    void startArray(int items) {
        open(Cbor.ARRAY, items);
    }

    void startMap(int entries) {
        open(Cbor.MAP, entries);
    }

    /** Ends the innermost array or map; lengths are definite, so no byte is written. */
    void end() {
        depth--;
    }

    private void open(int major, int items) {
        if (++depth > maxDepth) {
            throw new MalformedException(
                    "the depth exceeds maxDepth (%d); is there a cycle in the value?".formatted(maxDepth));
        }
        head(major, items);
    }

    private void simple(int info) {
        room(1);
        bytes[size++] = (byte) Cbor.first(Cbor.SIMPLE, info);
    }

    private void head(int major, long argument) {
        room(LARGEST_HEAD);
        if (argument < Cbor.IN_PLACE) {
            bytes[size++] = (byte) Cbor.first(major, (int) argument);
        } else if (argument < 1L << Byte.SIZE) {
            bytes[size++] = (byte) Cbor.first(major, Cbor.ONE_BYTE);
            bytes[size++] = (byte) argument;
        } else if (argument < 1L << Short.SIZE) {
            bytes[size] = (byte) Cbor.first(major, Cbor.TWO_BYTES);
            Cbor.SHORTS.set(bytes, size + 1, (short) argument);
            size += 1 + Short.BYTES;
        } else if (argument < 1L << Integer.SIZE) {
            bytes[size] = (byte) Cbor.first(major, Cbor.FOUR_BYTES);
            Cbor.INTS.set(bytes, size + 1, (int) argument);
            size += 1 + Integer.BYTES;
        } else {
            bytes[size] = (byte) Cbor.first(major, Cbor.EIGHT_BYTES);
            Cbor.LONGS.set(bytes, size + 1, argument);
            size += 1 + Long.BYTES;
        }
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            int needed = Math.addExact(size, more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST_ARRAY, Math.max(needed, 2L * bytes.length)));
        }
    }
}
