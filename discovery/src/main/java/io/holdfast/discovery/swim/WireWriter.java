package io.holdfast.discovery.swim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes numbers as LEB128 and texts as length and UTF-8. */
final class WireWriter {
    private byte[] buffer = new byte[256];
    private int size;

    void u8(int value) {
        room(1);
        buffer[size++] = (byte) value;
    }

    /** A number of zero or more, seven bits a byte, lowest first. */
    void number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    void fixed64(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    void fixed32(int value) {
        room(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A length and so many bytes. */
    void bytes(byte[] bytes) {
        number(bytes.length);
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    byte[] bytes() {
        return Arrays.copyOf(buffer, size);
    }

    private void room(int bytes) {
        if (size + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
        }
    }
}
