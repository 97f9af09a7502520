package io.holdfast.core.wire;

import io.holdfast.core.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link WireWriter} wrote, from bytes of any origin: it never allocates more than the bytes could hold. Every flaw is a {@link ProtocolException} that names the field and where it
 * stands. Belongs to one thread.
 */
public final class WireReader {
    private final String message;
    private final byte[] bytes;
    private int at;

    /**
     * Makes a reader that stands before the first byte.
     *
     * @param message what the bytes are, for messages
     * @param bytes not copied
     */
    public WireReader(String message, byte[] bytes) {
        this.message = message;
        this.bytes = bytes;
    }

    /**
     * Reads a version of which only one is known.
     *
     * @param what whose it is
     * @param known the one
     * @throws ProtocolException if it is another
     */
    public void version(String what, int known) {
        int version = u8("version of " + what);
        if (version != known) {
            throw new ProtocolException(what + " has version " + version + ", this node knows " + known
                    + "; run versions of Holdfast that know each other");
        }
    }

    /**
     * Whether anything is left.
     *
     * @return true before the last byte
     */
    public boolean hasMore() {
        return at < bytes.length;
    }

    /**
     * Reads one byte.
     *
     * @param what names the field
     * @return 0 to 255
     * @throws ProtocolException if none is left
     */
    public int u8(String what) {
        need(1, what);
        return bytes[at++] & 0xFF;
    }

    /**
     * Reads a number.
     *
     * @param what names the field
     * @return zero or more
     * @throws ProtocolException if it is cut off or has more than 63 bits
     */
    public long number(String what) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8(what);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw broken(what + " has more than 63 bits");
    }

    /**
     * Reads a number within a bound.
     *
     * @param what names the field
     * @param max the largest that is taken
     * @return zero or more
     * @throws ProtocolException if it is cut off or larger
     */
    public int number(String what, int max) {
        long value = number(what);
        if (value > max) {
            throw broken(what + " (" + value + ") must be at most " + max);
        }
        return (int) value;
    }

    /**
     * Reads the length of a list whose items take at least one byte each.
     *
     * @param what names the field
     * @param max the largest that is taken
     * @return zero or more
     * @throws ProtocolException if it is cut off, larger, or more than what is left can hold
     */
    public int count(String what, int max) {
        int count = number(what, max);
        need(count, what);
        return count;
    }

    /**
     * Reads a truth value.
     *
     * @param what names the field
     * @return whether it is 1
     * @throws ProtocolException if it is neither 0 nor 1
     */
    public boolean flag(String what) {
        int value = u8(what);
        if (value > 1) {
            throw broken(what + " (" + value + ") must be 0 or 1");
        }
        return value == 1;
    }

    /**
     * Reads eight bytes, the highest first.
     *
     * @param what names the field
     * @return any number
     * @throws ProtocolException if it is cut off
     */
    public long fixed64(String what) {
        need(8, what);
        long value = ByteBuffer.wrap(bytes, at, 8).getLong();
        at += 8;
        return value;
    }

    /**
     * Reads four bytes, the highest first.
     *
     * @param what names the field
     * @return any number
     * @throws ProtocolException if it is cut off
     */
    public int fixed32(String what) {
        need(4, what);
        int value = ByteBuffer.wrap(bytes, at, 4).getInt();
        at += 4;
        return value;
    }

    /**
     * Reads a text.
     *
     * @param what names the field
     * @param maxBytes the longest that is taken
     * @return the text
     * @throws ProtocolException if it is cut off, longer, or no UTF-8
     */
    public String text(String what, int maxBytes) {
        int length = number("length of " + what, maxBytes);
        need(length, what);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            return text;
        } catch (CharacterCodingException e) {
            throw new ProtocolException(where(what + " is no UTF-8"), e);
        }
    }

    /**
     * Reads bytes behind their length.
     *
     * @param what names the field
     * @param max the most that are taken
     * @return a copy
     * @throws ProtocolException if they are cut off or more
     */
    public byte[] bytes(String what, int max) {
        int length = number("length of " + what, max);
        need(length, what);
        byte[] read = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return read;
    }

    /**
     * Nothing may be left.
     *
     * @throws ProtocolException if something is
     */
    public void end() {
        if (at != bytes.length) {
            throw broken((bytes.length - at) + " bytes follow the end");
        }
    }

    /**
     * What to throw when a field was read and makes no sense.
     *
     * @param flaw names the field and the rule
     * @return an exception that says where it stands
     */
    public ProtocolException broken(String flaw) {
        return new ProtocolException(where(flaw));
    }

    private String where(String flaw) {
        return message + " of " + bytes.length + " bytes, at byte " + at + ": " + flaw
                + "; the sender is broken or no Holdfast node";
    }

    private void need(int count, String what) {
        if (bytes.length - at < count) {
            throw broken(what + " is cut off");
        }
    }
}
