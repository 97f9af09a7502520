package io.holdfast.transport.netty;

import io.holdfast.core.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into frames. Memory grows with the bytes that arrived, never with the length that a frame claims. For one thread. */
final class FrameSplitter {
    /** Takes the frames. */
    interface Sink {
        /**
         * A whole frame.
         *
         * @param type its type
         * @param body its body: from the reader index to the writer index; valid during the call
         */
        void onFrame(byte type, ByteBuf body);

        /** Whether further frames are wanted. */
        boolean isOpen();
    }

    private final ByteBufAllocator allocator;
    private int limit;
    private @Nullable ByteBuf rest;

    FrameSplitter(ByteBufAllocator allocator, int limit) {
        this.allocator = allocator;
        this.limit = limit;
    }

    /** Changes the largest frame, from the next one on. */
    void limit(int value) {
        limit = value;
    }

    /**
     * Takes bytes over and hands each whole frame to the sink.
     *
     * @throws ProtocolException if a length is out of bounds
     */
    void feed(ByteBuf in, Sink sink) {
        ByteBuf all = in;
        if (rest != null) {
            all = rest.writeBytes(in);
            in.release();
            rest = null;
        }
        try {
            split(all, sink);
            if (all.isReadable() && sink.isOpen()) {
                rest = keep(all, in);
            }
        } finally {
            if (rest != all) {
                all.release();
            }
        }
    }

    private void split(ByteBuf all, Sink sink) {
        int end = all.writerIndex();
        while (end - all.readerIndex() >= 4 && sink.isOpen()) {
            int start = all.readerIndex();
            int length = all.getInt(start);
            if (length < 1 || length > limit) {
                throw new ProtocolException("frame length (" + Integer.toUnsignedString(length) + ") must be 1 to "
                        + limit + " bytes; " + hint(length));
            }
            if (end - start - 4 < length) {
                return;
            }
            int frameEnd = start + 4 + length;
            all.readerIndex(start + 5).writerIndex(frameEnd);
            sink.onFrame(all.getByte(start + 4), all);
            all.writerIndex(end).readerIndex(frameEnd);
        }
    }

    private static String hint(int length) {
        // a TLS record: handshake (22), major version 3
        return length >>> 16 == 0x1603
                ? "the peer speaks TLS and this node does not: configure transport.tls on both"
                : "the peer is no Holdfast node, or its max-frame-size is larger than this node's";
    }

    /** Copies what is left into a buffer of its own, so that a few bytes do not hold a whole receive buffer. */
    private ByteBuf keep(ByteBuf all, ByteBuf in) {
        if (all != in && all.readerIndex() < all.writerIndex() / 2) {
            return all;
        }
        return allocator.buffer(Math.max(256, all.readableBytes())).writeBytes(all);
    }

    void release() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
