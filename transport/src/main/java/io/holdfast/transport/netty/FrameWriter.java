package io.holdfast.transport.netty;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.CallContextCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lays frames one behind the other into large buffers, so that a burst of calls is one write. For one thread. */
final class FrameWriter {
    /** A buffer that holds this much is handed over. */
    private static final int CHUNK = 32 * 1024;

    /** A larger payload is not copied. */
    private static final int COPY_LIMIT = 16 * 1024;

    private final ByteBufAllocator allocator;
    private final Consumer<ByteBuf> output;
    private @Nullable ByteBuf buffer;
    private @Nullable ByteBuffer contextRoom;
    private int frameStart;

    /**
     * @param output takes full buffers, and with them their ownership
     */
    FrameWriter(ByteBufAllocator allocator, Consumer<ByteBuf> output) {
        this.allocator = allocator;
        this.output = output;
    }

    /** Begins a frame; end it with one of the {@code end} methods. */
    ByteBuf begin(byte type) {
        ByteBuf out = buffer;
        if (out == null) {
            out = allocator.directBuffer(4096, Integer.MAX_VALUE);
            buffer = out;
        }
        frameStart = out.writerIndex();
        return out.writeInt(0).writeByte(type);
    }

    /** Ends a frame without payload. */
    void end() {
        ByteBuf out = open();
        out.setInt(frameStart, out.writerIndex() - frameStart - 4);
        if (out.readableBytes() >= CHUNK) {
            handOver();
        }
    }

    /** Ends a frame with a payload. */
    void end(byte[] payload) {
        ByteBuf out = open();
        if (payload.length <= COPY_LIMIT) {
            out.writeBytes(payload);
            end();
            return;
        }
        out.setInt(frameStart, out.writerIndex() - frameStart - 4 + payload.length);
        handOver();
        output.accept(Unpooled.wrappedBuffer(payload));
    }

    private ByteBuf open() {
        ByteBuf out = buffer;
        if (out == null) {
            throw new IllegalStateException("no frame was begun");
        }
        return out;
    }

    /** Hands over what is collected. */
    void handOver() {
        ByteBuf out = buffer;
        if (out != null) {
            buffer = null;
            output.accept(out);
        }
    }

    void route(byte[] route) {
        open().writeByte(route.length).writeBytes(route);
    }

    void context(CallContext context, long nowNanos) {
        ByteBuf out = open();
        if (context == CallContext.EMPTY) {
            out.writeByte(0);
            return;
        }
        ByteBuffer room = contextRoom;
        if (room == null) {
            room = ByteBuffer.allocate(CallContextCodec.MAX_BYTES);
            contextRoom = room;
        }
        CallContextCodec.encode(context, nowNanos, room.clear());
        out.writeBytes(room.array(), 0, room.position());
    }

    /** Text at the end of a frame, cut at a bound. */
    void text(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        open().writeBytes(bytes, 0, Math.min(bytes.length, maxBytes));
    }

    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
