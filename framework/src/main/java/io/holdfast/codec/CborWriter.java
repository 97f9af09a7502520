package io.holdfast.codec;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.TokenStreamFactory;

/** Writes one message with Jackson's generator: definite lengths only. One thread, one message. */
final class CborWriter implements AutoCloseable {
    private static final int WRITTEN_AT_ONCE = 2_000; // Jackson would cut long strings into chunks
    private final Sink sink = new Sink();
    private final JsonGenerator out;
    private String place = "";

    CborWriter(TokenStreamFactory factory) {
        this.out = factory.createGenerator(ObjectWriteContext.empty(), sink);
    }

    /** Ends the message. */
    byte[] toByteArray() {
        out.close();
        return sink.toByteArray();
    }

    /** Gives the buffers back to the pool; also after a failure. */
    @Override
    public void close() {
        out.close();
    }

    /** The way from the value to what failed inside it. */
    String place() {
        return place;
    }

    /** Notes, from the inside out, the component in which the write failed: Jackson forgets names made before. */
    void failedIn(String component) {
        place = "/" + component + place;
    }

    void writeNull() {
        out.writeNull();
    }

    void writeBoolean(boolean value) {
        out.writeBoolean(value);
    }

    void writeInteger(long value) {
        out.writeNumber(value);
    }

    void writeFloat(float value) {
        out.writeNumber(value);
    }

    void writeDouble(double value) {
        out.writeNumber(value);
    }

    void writeString(String value) {
        if (value.length() <= WRITTEN_AT_ONCE) {
            out.writeString(value);
            return;
        }
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            out.writeUTF8String(utf8.array(), utf8.arrayOffset(), utf8.remaining());
        } catch (CharacterCodingException e) {
            throw new MalformedException("a string has half of a surrogate pair; send its bytes as byte[]");
        }
    }

    /** Writes a string whose bytes were made before. */
    void writeString(SerializableString value) {
        out.writeString(value);
    }

    void writeBytes(byte[] value) {
        out.writeBinary(value);
    }

    void startArray(Object value, int items) {
        out.writeStartArray(value, items);
    }

    void endArray() {
        out.writeEndArray();
    }

    void startMap(Object value, int entries) {
        out.writeStartObject(value, entries);
    }

    void writeName(SerializableString name) {
        out.writeName(name);
    }

    void endMap() {
        out.writeEndObject();
    }

    /** The generator flushes a message that fits its buffer once, at the end: then its bytes are copied once. */
    private static final class Sink extends OutputStream {
        private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
        private byte[] bytes = {};
        private int size;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] more, int offset, int length) {
            if (size == 0) {
                bytes = Arrays.copyOfRange(more, offset, offset + length);
                size = length;
                return;
            }
            int needed = Math.addExact(size, length);
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST_ARRAY, Math.max(needed, 2L * bytes.length)));
            }
            System.arraycopy(more, offset, bytes, size, length);
            size = needed;
        }

        byte[] toByteArray() {
            return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        }
    }
}
