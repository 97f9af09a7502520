package io.holdfast.transport.netty;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import io.holdfast.transport.LinkFaults;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds what arrives on a connection while its link has a fault. The first handler of a connection, below TLS, and only there where faults are possible. Belongs to the connection's I/O thread.
 */
final class LinkGate extends ChannelInboundHandlerAdapter {
    /** A connection that holds more ends, and the loss is noticed: a real one would have stopped its sender before. */
    static final int MAX_HELD = 16 * 1024 * 1024;

    /** Bytes that arrived at a time. */
    private record Held(ByteBuf bytes, long sinceNanos) {}

    private final LinkFaults faults;
    private final IoLoop io;
    private final Deque<Held> held = new ArrayDeque<>();
    private final Runnable look = this::look;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Registration registration;
    private @Nullable NodeId peer;
    private long heldBytes;
    private boolean silenced;

    private LinkGate(LinkFaults faults, IoLoop io) {
        this.faults = faults;
        this.io = io;
    }

    /** Puts a gate in front of what a connection will have, if there can be faults. */
    static void install(ChannelPipeline pipeline, Shared shared, IoLoop io) {
        if (shared.faults.arePossible()) {
            pipeline.addLast(new LinkGate(shared.faults, io));
        }
    }

    /** The hello that came is from this node: whether it is to be passed over, since the link is cut. Such a connection ends when the link heals, so that another one can be made at once. */
    boolean silences(NodeId node) {
        peer = node;
        silenced = faults.of(node).cut();
        return silenced;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        registration = faults.onChange(() -> lookSoon(added));
    }

    private void lookSoon(ChannelHandlerContext at) {
        try {
            at.executor().execute(look);
        } catch (RejectedExecutionException transportIsClosed) {
            return;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        if (registration != null) {
            registration.close();
        }
        held.forEach(each -> each.bytes().release());
        held.clear();
    }

    private LinkFaults.Fault fault() {
        return peer == null ? LinkFaults.Fault.NONE : faults.of(peer);
    }

    @Override
    public void channelRead(ChannelHandlerContext arrived, Object message) {
        if (held.isEmpty() && fault() == LinkFaults.Fault.NONE) {
            arrived.fireChannelRead(message);
            return;
        }
        ByteBuf bytes = (ByteBuf) message;
        heldBytes += bytes.readableBytes();
        held.add(new Held(bytes, io.now()));
        if (heldBytes > MAX_HELD) {
            arrived.close();
        } else if (held.size() == 1) {
            look();
        }
    }

    /** Lets through what is due, and looks again when the next is. */
    private void look() {
        ChannelHandlerContext open = context;
        if (open == null || open.isRemoved()) {
            return;
        }
        LinkFaults.Fault fault = fault();
        if (fault.cut()) {
            return;
        }
        if (silenced) {
            open.close();
            return;
        }
        release(open, fault.delay().toNanos());
    }

    private void release(ChannelHandlerContext open, long delayNanos) {
        boolean any = false;
        for (Held next = held.peek(); next != null; next = held.peek()) {
            long left = next.sinceNanos() + delayNanos - io.now();
            if (left > 0) {
                io.netty().schedule(look, left, TimeUnit.NANOSECONDS);
                break;
            }
            held.remove();
            heldBytes -= next.bytes().readableBytes();
            open.fireChannelRead(next.bytes());
            any = true;
        }
        if (any) {
            open.fireChannelReadComplete();
        }
    }
}
