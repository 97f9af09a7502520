package io.holdfast.core.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes numbers as LEB128 (DWARF 5, section 7.6) and texts as length and UTF-8, into a buffer that grows. Belongs to one thread. */
public final class WireWriter {
    private byte[] buffer = new byte[256];
    private int size;

    /** Makes a writer that has written nothing. */
    public WireWriter() {}

    /**
     * Writes one byte.
     *
     * @param value its low eight bits
     */
    public void u8(int value) {
        room(1);
        buffer[size++] = (byte) value;
    }

    /**
     * Writes a number, seven bits a byte, lowest first.
     *
     * @param value zero or more
     */
    public void number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    /**
     * Writes eight bytes, the highest first.
     *
     * @param value any number
     */
    public void fixed64(long value) {
        room(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    /**
     * Writes four bytes, the highest first.
     *
     * @param value any number
     */
    public void fixed32(int value) {
        room(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (value >>> shift);
        }
    }

    /**
     * Writes a text.
     *
     * @param value the text
     */
    public void text(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a length and so many bytes.
     *
     * @param bytes copied
     */
    public void bytes(byte[] bytes) {
        number(bytes.length);
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
    }

    /**
     * How much is written.
     *
     * @return bytes
     */
    public int size() {
        return size;
    }

    /**
     * Takes back what was written last.
     *
     * @param earlier a former {@link #size()}
     */
    public void cutTo(int earlier) {
        size = earlier;
    }

    /**
     * What is written.
     *
     * @return a copy
     */
    public byte[] bytes() {
        return Arrays.copyOf(buffer, size);
    }

    private void room(int bytes) {
        if (size + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
        }
    }
}
