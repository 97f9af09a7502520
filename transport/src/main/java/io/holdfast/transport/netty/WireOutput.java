package io.holdfast.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** Lays frames into buffers, hands them to the channel and flushes them together. For use by the connection's I/O thread. */
final class WireOutput {
    /** Handed to the channel without a flush at most. */
    private static final int FLUSH_BYTES = 64 * 1024;

    private final Channel channel;
    private final TransportMeters meters;
    private final FrameWriter writer;
    private int unflushed;
    private long uncounted;

    WireOutput(Channel channel, TransportMeters meters) {
        this.channel = channel;
        this.meters = meters;
        this.writer = new FrameWriter(channel.alloc(), this::write);
    }

    FrameWriter writer() {
        return writer;
    }

    private void write(ByteBuf bytes) {
        int size = bytes.readableBytes();
        uncounted += size;
        unflushed += size;
        channel.write(bytes, channel.voidPromise());
        // under TLS the channel counts nothing before a flush, so that it would never become unwritable
        if (unflushed >= FLUSH_BYTES) {
            unflushed = 0;
            channel.flush();
        }
    }

    void flush() {
        writer.handOver();
        if (unflushed > 0) {
            unflushed = 0;
            channel.flush();
        }
        if (uncounted > 0) {
            meters.sent(uncounted);
            uncounted = 0;
        }
    }

    void release() {
        writer.release();
    }
}
