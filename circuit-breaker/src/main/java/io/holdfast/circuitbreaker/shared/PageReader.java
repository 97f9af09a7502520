package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads what {@link PageWriter} wrote, from bytes of any origin. Every flaw is a {@link ProtocolException}. */
final class PageReader {
    private final String what;
    private final byte[] bytes;
    private int at;

    PageReader(String what, byte[] bytes) {
        this.what = what;
        this.bytes = bytes;
    }

    void version(int known) {
        int version = u8("version");
        if (version != known) {
            throw new ProtocolException(what + " has version " + version + ", this node knows " + known
                    + "; run versions of Holdfast that know each other");
        }
    }

    boolean hasMore() {
        return at < bytes.length;
    }

    int u8(String field) {
        need(1, field);
        return bytes[at++] & 0xFF;
    }

    long number(String field) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8(field);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw broken(field + " has more than 63 bits");
    }

    int number(String field, int max) {
        long value = number(field);
        if (value > max) {
            throw broken(field + " (" + value + ") must be at most " + max);
        }
        return (int) value;
    }

    String text(String field, int max) {
        int length = number("length of " + field, max);
        need(length, field);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            return text;
        } catch (CharacterCodingException e) {
            throw new ProtocolException(where(field + " is no UTF-8"), e);
        }
    }

    ProtocolException broken(String flaw) {
        return new ProtocolException(where(flaw));
    }

    private String where(String flaw) {
        return what + " of " + bytes.length + " bytes, at byte " + at + ": " + flaw
                + "; the teller is broken or no Holdfast node";
    }

    private void need(int count, String field) {
        if (bytes.length - at < count) {
            throw broken(field + " is cut off");
        }
    }
}
