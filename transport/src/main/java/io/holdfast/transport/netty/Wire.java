package io.holdfast.transport.netty;

import io.holdfast.core.DurationText;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection: cuts what arrives into frames, and writes what waits in three lanes. {@link #submit} is for any thread; everything else belongs to the I/O thread.
 *
 * <p>Callers on other threads put messages into one queue and wake the I/O thread once for all of them; it lays them into one buffer and flushes once. What handlers answer
 * while bytes are being read is flushed once at the end of the read.
 */
abstract class Wire extends ChannelInboundHandlerAdapter implements FrameSplitter.Sink {
    /** Written in one turn at most, so that a control message waits for no more than that while the socket takes everything. */
    private static final int TURN_BYTES = 256 * 1024;

    final Shared shared;
    final IoLoop io;
    private final OutgoingQueue inbox = new OutgoingQueue();
    private final Lanes lanes;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable flushTask = this::runScheduled;

    private @Nullable Channel channel;
    private @Nullable FrameSplitter splitter;
    private @Nullable WireOutput output;
    private @Nullable LinkGate gate;
    private @Nullable Peer peer;
    private volatile @Nullable HoldfastException closedBy;
    private boolean ready;
    private boolean reading;
    private boolean heard;
    private boolean pinged;
    private boolean closedByThisNode;
    private boolean peerGoes;
    private long bytesIn;

    Wire(Shared shared, IoLoop io) {
        this.shared = shared;
        this.io = io;
        this.lanes = new Lanes(shared.config.limits());
    }

    abstract boolean isInbound();

    /** The channel is there and, with TLS, its handshake is done. */
    abstract void onConnected(@Nullable CertificateIdentity certificate);

    /** The connection ends; who asks for one from now on needs another. */
    void onClosing(HoldfastException reason) {}

    /** Everything that was sent and waits for an answer is lost. */
    abstract void onClosed(HoldfastException reason);

    // ---- sending

    /**
     * Hands a message over, from any thread.
     *
     * @return false if its lane is full: nothing was taken
     */
    final boolean submit(Outgoing item) {
        if (io.isCurrent()) {
            return submitHere(item);
        }
        if (!lanes.reserve(item)) {
            return false;
        }
        inbox.offer(item);
        schedule(item);
        return true;
    }

    private boolean submitHere(Outgoing item) {
        drainInbox();
        HoldfastException closed = closedBy;
        if (closed != null) {
            item.refuse(closed);
            return true;
        }
        if (canWriteNow(item.lane)) {
            item.accepted();
            writeNow(item);
        } else if (lanes.reserve(item)) {
            item.accepted();
            lanes.add(item);
        } else {
            return false;
        }
        if (!reading) {
            schedule(item);
        }
        return true;
    }

    private void schedule(Outgoing item) {
        try {
            scheduleTurn();
        } catch (RejectedExecutionException e) {
            item.refuse(new UnavailableException("the transport of node " + shared.identity.node() + " is closed", e));
        }
    }

    private void scheduleTurn() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            try {
                io.execute(flushTask);
            } catch (RejectedExecutionException e) {
                // whoever comes next must be refused as well, and not wait for a turn that never is
                scheduled.set(false);
                throw e;
            }
        }
    }

    private void runScheduled() {
        scheduled.set(false);
        drainInbox();
        pump();
    }

    /** Into the lanes first: what was submitted later may go earlier. */
    private void drainInbox() {
        for (Outgoing item = inbox.poll(); item != null; item = inbox.poll()) {
            HoldfastException closed = closedBy;
            if (closed != null) {
                lanes.release(item);
                item.refuse(closed);
                continue;
            }
            item.accepted();
            lanes.add(item);
        }
    }

    private boolean canWriteNow(Lane lane) {
        return ready && channel != null && channel.isWritable() && lanes.nothingBefore(lane);
    }

    private void writeNow(Outgoing item) {
        lanes.release(item);
        if (item.wanted()) {
            item.write(writer());
        } else {
            io.removeDeadline(item);
        }
    }

    /** Writes what waits, control first, as long as the socket takes it, and flushes. After {@value #TURN_BYTES} bytes it looks again for what was submitted meanwhile. */
    private void pump() {
        Channel open = channel;
        if (open == null || output == null) {
            return;
        }
        long left = TURN_BYTES;
        while (ready && open.isWritable()) {
            Outgoing next = lanes.next();
            if (next == null) {
                break;
            }
            left -= next.size();
            writeNow(next);
            if (left <= 0) {
                scheduleTurn();
                break;
            }
        }
        flush();
        onPumped();
    }

    /** The lanes were written as far as the socket took them. */
    void onPumped() {}

    final boolean isHalfFull() {
        return lanes.isHalfFull();
    }

    final FrameWriter writer() {
        WireOutput current = output;
        if (current == null) {
            throw new IllegalStateException("the connection is not made yet");
        }
        return current.writer();
    }

    final void flush() {
        if (output != null) {
            output.flush();
        }
    }

    /** The exception for a message that found its lane full. */
    final OverloadedException full(Lane lane) {
        shared.meters.dropped(TransportMeters.Drop.QUEUE_FULL);
        return new OverloadedException(
                "lane %s to %s is full (%d bytes wait; the bounds are %d messages and %s): send less, or raise transport.limits.queued-messages and queued-bytes"
                        .formatted(
                                lane,
                                peerName(),
                                lanes.bytes(lane),
                                shared.config.limits().queuedMessages(),
                                shared.config.limits().queuedBytes()),
                Duration.ofMillis(50));
    }

    /** Bytes that wait, from any thread. */
    final long queuedBytes() {
        return lanes.bytes();
    }

    // ---- the connection's life

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        gate = context.pipeline().get(LinkGate.class);
        splitter = new FrameSplitter(context.alloc(), FrameType.MAX_GREETING);
        output = new WireOutput(context.channel(), shared.meters);
        if (closedBy != null) {
            context.close(); // the transport was closed while the connection was made
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (context.pipeline().get(SslHandler.class) == null) {
            onConnected(null);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                onConnected(TlsContexts.identity(context.pipeline().get(SslHandler.class)));
            } else {
                onTlsFailed(done.cause());
            }
        }
    }

    abstract void onTlsFailed(Throwable cause);

    /** Whether a hello is to be passed over in silence, since the link from that node is cut. */
    final boolean isSilenced(NodeId node) {
        return gate != null && gate.silences(node);
    }

    /** Both sides have said hello: what waits may go, and frames may be large. */
    final void ready(Peer other) {
        peer = other;
        ready = true;
        if (splitter != null) {
            splitter.limit(shared.maxPayload() + FrameType.MAX_HEAD);
        }
        shared.connections.opened(this, other);
        heard = true;
        schedulePing();
        pump();
    }

    final boolean isReady() {
        return ready;
    }

    final @Nullable Peer peer() {
        return peer;
    }

    private void schedulePing() {
        long nanos = shared.config.timing().pingInterval().toNanos();
        io.netty().schedule(this::ping, nanos, TimeUnit.NANOSECONDS);
    }

    private void ping() {
        if (closedBy != null) {
            return;
        }
        if (!heard && pinged) {
            // not this node's wish: whoever listens should hear of it
            if (channel != null) {
                channel.close();
            }
            terminate(new UnavailableException("%s was silent for %s; the connection was given up"
                    .formatted(
                            peerName(),
                            DurationText.of(
                                    shared.config.timing().pingInterval().multipliedBy(2)))));
            return;
        }
        pinged = !heard;
        if (pinged) {
            writer().begin(FrameType.PING).writeLong(io.now());
            writer().end();
            flush();
        }
        heard = false;
        schedulePing();
    }

    /** The peer said that it goes. */
    final void peerGoes() {
        peerGoes = true;
    }

    /** Says goodbye, from any thread: no new requests, but answers still come. */
    final void sayGoAway(String reason) {
        io.execute(() -> writeGoAway(reason));
    }

    /** Says goodbye and closes, from any thread. */
    final void leave(HoldfastException reason) {
        try {
            io.execute(() -> {
                writeGoAway("node " + shared.identity.node() + " closes");
                close(reason);
            });
        } catch (RejectedExecutionException alreadyClosed) {
            return;
        }
    }

    final void writeGoAway(String reason) {
        if (ready && closedBy == null) {
            writer().begin(FrameType.GOAWAY);
            writer().text(reason, 1024);
            writer().end();
            flush();
        }
    }

    /** Closes the connection, on the I/O thread; what waits fails with the reason. */
    final void close(HoldfastException reason) {
        closedByThisNode = true;
        if (channel != null) {
            flush();
            channel.close();
        }
        terminate(reason);
    }

    final boolean isClosed() {
        return closedBy != null;
    }

    @Override
    public final boolean isOpen() {
        return closedBy == null;
    }

    final void terminate(HoldfastException reason) {
        if (closedBy != null) {
            return;
        }
        onClosing(reason);
        closedBy = reason;
        boolean greeted = ready;
        ready = false;
        drainInbox();
        for (Outgoing item = lanes.next(); item != null; item = lanes.next()) {
            lanes.release(item);
            io.removeDeadline(item);
            item.refuse(reason);
        }
        onClosed(reason);
        if (greeted && peer != null) {
            shared.connections.closed(this, peer, peerGoes, closedByThisNode);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        terminate(new UnavailableException(
                "the connection to %s was lost before the message was sent".formatted(peerName())));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (splitter != null) {
            splitter.release();
        }
        if (output != null) {
            output.release();
            output = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // a reset is an ordinary end; TLS failures were told by the handshake's event
        terminate(new UnavailableException(
                "the connection to %s broke before the message was sent: %s".formatted(peerName(), cause.getMessage()),
                cause));
        context.close();
    }

    // ---- receiving

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (splitter == null || closedBy != null) {
            bytes.release();
            return;
        }
        reading = true;
        heard = true;
        bytesIn += bytes.readableBytes();
        try {
            splitter.feed(bytes, this);
        } catch (ProtocolException e) {
            onMalformed(e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            onMalformed(
                    new ProtocolException("a frame was cut short or holds an impossible value: " + e.getMessage(), e));
        }
    }

    abstract void onMalformed(ProtocolException cause);

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        drainInbox();
        pump();
        if (bytesIn > 0) {
            shared.meters.received(bytesIn);
            bytesIn = 0;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && !reading) {
            pump();
        }
    }

    final void setReading(boolean value) {
        if (channel != null && channel.config().isAutoRead() != value) {
            channel.config().setAutoRead(value);
        }
    }

    /** Handles the frames that both directions know. */
    final void onCommonFrame(byte type, ByteBuf body) {
        if (type == FrameType.PING) {
            long token = body.readLong();
            writer().begin(FrameType.PONG).writeLong(token);
            writer().end();
        } else if (type == FrameType.PONG) {
            body.readLong();
        } else {
            throw new ProtocolException(
                    "frame type (%d) is not known or not allowed here; upgrade the older node".formatted(type));
        }
    }

    static String text(ByteBuf body) {
        return body.readCharSequence(body.readableBytes(), StandardCharsets.UTF_8)
                .toString();
    }

    static byte[] bytes(ByteBuf body) {
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        return bytes;
    }

    /** How messages name the other side. */
    String peerName() {
        Peer known = peer;
        if (known != null) {
            return "node " + known.node() + " (" + known.address() + ")";
        }
        return channel == null ? "the peer" : "the peer at " + channel.remoteAddress();
    }
}
