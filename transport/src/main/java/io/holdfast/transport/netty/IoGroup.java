package io.holdfast.transport.netty;

import io.holdfast.core.env.MonotonicClock;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The I/O threads: epoll where its natives resolve, otherwise NIO. Safe for use by many threads. */
final class IoGroup {
    private static final boolean EPOLL = Epoll.isAvailable();
    private static final long CLOSE_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup group;
    private final List<IoLoop> loops = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    IoGroup(String name, int threads, MonotonicClock clock) {
        IoHandlerFactory handlers = EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(threads, new IoThreads(name), handlers);
        group.forEach(loop -> loops.add(new IoLoop((EventLoop) loop, clock)));
    }

    MultiThreadIoEventLoopGroup netty() {
        return group;
    }

    IoLoop next() {
        return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
    }

    IoLoop of(Channel channel) {
        for (IoLoop loop : loops) {
            if (loop.netty() == channel.eventLoop()) {
                return loop;
            }
        }
        throw new IllegalStateException("a channel of another group");
    }

    static Class<? extends ServerChannel> serverChannel() {
        return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    static Class<? extends Channel> channel() {
        return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Runs what was handed over, then ends the threads; waits for them unless called by one of them. */
    void close() {
        AtomicInteger busy = new AtomicInteger(loops.size());
        for (IoLoop loop : loops) {
            try {
                // behind the goodbyes: a loop that shuts down closes its channels before it runs its tasks
                loop.execute(() -> {
                    if (busy.decrementAndGet() == 0) {
                        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
                    }
                });
            } catch (RejectedExecutionException closedAlready) {
                return;
            }
        }
        if (loops.stream().noneMatch(IoLoop::isCurrent)) {
            group.terminationFuture().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
