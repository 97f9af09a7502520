package io.holdfast.consensus.state;

import io.holdfast.core.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what a {@link ByteWriter} wrote, from bytes of any origin: a length is believed only after it was compared with its bound and with what is left. Every method
 * throws {@link CodecException} if the bytes are not as expected. Belongs to one thread.
 */
public final class ByteReader {
    private final byte[] bytes;
    private int at;

    /**
     * A reader from the first byte on.
     *
     * @param bytes the bytes; not copied
     */
    public ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    private void need(int count) {
        if (bytes.length - at < count) {
            throw new CodecException("the bytes end " + (count - remaining()) + " too early, at " + bytes.length);
        }
    }

    /**
     * Reads one byte.
     *
     * @return 0 to 255
     */
    public int u8() {
        need(1);
        return bytes[at++] & 0xFF;
    }

    /**
     * Reads a truth value.
     *
     * @return the value
     */
    public boolean bool() {
        int value = u8();
        if (value > 1) {
            throw new CodecException("a truth value (" + value + ") must be 0 or 1");
        }
        return value == 1;
    }

    /**
     * Reads a varint.
     *
     * @return the number
     */
    public long varlong() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            if (shift == 63 && next > 1) {
                break;
            }
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new CodecException("a number is longer than 64 bits");
    }

    /**
     * Reads a varint within bounds.
     *
     * @param max the largest that is accepted; the smallest is zero
     * @return the number
     */
    public long varlong(long max) {
        long value = varlong();
        if (value < 0 || value > max) {
            throw new CodecException("a number (" + value + ") must be between 0 and " + max);
        }
        return value;
    }

    /**
     * Reads a small count or length.
     *
     * @param max the largest that is accepted
     * @return zero or more
     */
    public int varint(int max) {
        return (int) varlong(max);
    }

    /**
     * Reads what {@link ByteWriter#signed} wrote.
     *
     * @return the number
     */
    public long signed() {
        long value = varlong();
        return (value >>> 1) ^ -(value & 1);
    }

    /**
     * Reads eight bytes, high byte first.
     *
     * @return the number
     */
    public long fixed64() {
        need(8);
        at += 8;
        return Fixed.get(bytes, at - 8);
    }

    /**
     * Reads bytes behind their length.
     *
     * @param max how many are accepted
     * @return new bytes
     */
    public byte[] bytes(int max) {
        int length = varint(max);
        need(length);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /**
     * Reads text.
     *
     * @param max how many bytes of UTF-8 are accepted
     * @return the text; malformed UTF-8 becomes replacement characters
     */
    public String text(int max) {
        int length = varint(max);
        need(length);
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    /**
     * Reads all that is left.
     *
     * @return new bytes
     */
    public byte[] rest() {
        int from = at;
        at = bytes.length;
        return Arrays.copyOfRange(bytes, from, at);
    }

    /**
     * How much is left.
     *
     * @return bytes
     */
    public int remaining() {
        return bytes.length - at;
    }

    /** Requires that nothing is left. */
    public void end() {
        if (remaining() != 0) {
            throw new CodecException(remaining() + " bytes stand behind the end");
        }
    }
}
