package io.holdfast.discovery.swim;

import io.holdfast.core.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link WireWriter} wrote, from bytes of any origin: it never allocates more than the bytes could hold. Every flaw is a {@link ProtocolException}. */
final class WireReader {
    private final byte[] bytes;
    private int at;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int u8(String what) {
        need(1, what);
        return bytes[at++] & 0xFF;
    }

    void version(String what, int known) {
        int version = u8("version of " + what);
        if (version != known) {
            throw new ProtocolException(what + " has version " + version + ", this node knows " + known
                    + "; run versions of Holdfast that know each other");
        }
    }

    long number(String what) {
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

    int number(String what, int max) {
        long value = number(what);
        if (value > max) {
            throw broken(what + " (" + value + ") must be at most " + max);
        }
        return (int) value;
    }

    /** The length of a list whose items take at least one byte each. */
    int count(String what, int max) {
        int count = number(what, max);
        need(count, what);
        return count;
    }

    boolean flag(String what) {
        int value = u8(what);
        if (value > 1) {
            throw broken(what + " (" + value + ") must be 0 or 1");
        }
        return value == 1;
    }

    long fixed64(String what) {
        need(8, what);
        long value = ByteBuffer.wrap(bytes, at, 8).getLong();
        at += 8;
        return value;
    }

    int fixed32(String what) {
        need(4, what);
        int value = ByteBuffer.wrap(bytes, at, 4).getInt();
        at += 4;
        return value;
    }

    String text(String what, int maxBytes) {
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

    byte[] bytes(String what, int max) {
        int length = number("length of " + what, max);
        need(length, what);
        byte[] read = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return read;
    }

    void end() {
        if (at != bytes.length) {
            throw broken((bytes.length - at) + " bytes follow the end");
        }
    }

    ProtocolException broken(String flaw) {
        return new ProtocolException(where(flaw));
    }

    private String where(String flaw) {
        return "swim message of " + bytes.length + " bytes, at byte " + at + ": " + flaw
                + "; the sender is broken or no Holdfast node";
    }

    private void need(int count, String what) {
        if (bytes.length - at < count) {
            throw broken(what + " is cut off");
        }
    }
}
