package io.holdfast.consensus.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the binary form of commands, answers and state: bytes, varints (base 128, low bits first) and length-prefixed pieces. Grows as needed. Belongs to one thread. */
public final class ByteWriter {
    private byte[] buffer;
    private int length;

    /** A writer for something small. */
    public ByteWriter() {
        this(64);
    }

    /**
     * A writer.
     *
     * @param expected how many bytes are expected
     */
    public ByteWriter(int expected) {
        buffer = new byte[Math.max(8, expected)];
    }

    private void room(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(Math.addExact(length, more), Math.multiplyExact(buffer.length, 2)));
        }
    }

    /**
     * Writes one byte.
     *
     * @param value its low eight bits are written
     * @return this
     */
    public ByteWriter u8(int value) {
        room(1);
        buffer[length++] = (byte) value;
        return this;
    }

    /**
     * Writes a truth value as one byte.
     *
     * @param value the value
     * @return this
     */
    public ByteWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    /**
     * Writes a number as a varint: one byte up to 127, ten for a negative one.
     *
     * @param value the number
     * @return this
     */
    public ByteWriter varlong(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
        return this;
    }

    /**
     * Writes a number that may well be negative: short when it is near zero.
     *
     * @param value the number
     * @return this
     */
    public ByteWriter signed(long value) {
        return varlong((value << 1) ^ (value >> 63));
    }

    /**
     * Writes eight bytes, high byte first: numbers of zero or more keep their order as bytes.
     *
     * @param value the number
     * @return this
     */
    public ByteWriter fixed64(long value) {
        room(8);
        Fixed.put(buffer, length, value);
        length += 8;
        return this;
    }

    /**
     * Writes bytes behind their length.
     *
     * @param value the bytes
     * @return this
     */
    public ByteWriter bytes(byte[] value) {
        return varlong(value.length).raw(value);
    }

    /**
     * Writes bytes as they are.
     *
     * @param value the bytes
     * @return this
     */
    public ByteWriter raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, buffer, length, value.length);
        length += value.length;
        return this;
    }

    /**
     * Writes text as UTF-8 behind its length in bytes.
     *
     * @param value the text
     * @return this
     */
    public ByteWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * How much was written.
     *
     * @return bytes
     */
    public int length() {
        return length;
    }

    /**
     * What was written.
     *
     * @return a copy
     */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }
}
