package io.holdfast.circuitbreaker.shared;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes a page for the bulletin: numbers as LEB128, texts as length and UTF-8. It may be written past its limit, to be cut back afterwards. */
final class PageWriter {
    private final int limit;
    private byte[] buffer = new byte[256];
    private int size;

    PageWriter(int limit) {
        this.limit = limit;
    }

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

    void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    int size() {
        return size;
    }

    boolean isOver() {
        return size > limit;
    }

    void cutTo(int earlier) {
        size = earlier;
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
