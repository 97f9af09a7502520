package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.UnavailableException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The port on which other nodes reach this one. */
final class Listener {
    /** Small, so that a control frame never waits behind much that was written before it. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final Channel channel;

    private Listener(Channel channel) {
        this.channel = channel;
    }

    static Listener bind(Shared shared, IoGroup group, @Nullable TlsContexts tls) {
        Address bind = shared.config.bind();
        ChannelFuture bound = new ServerBootstrap()
                .group(group.netty())
                .channel(IoGroup.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        IoLoop io = group.of(accepted);
                        LinkGate.install(accepted.pipeline(), shared, io);
                        if (tls != null) {
                            accepted.pipeline().addLast(tls.forServer(accepted.alloc()));
                        }
                        boolean requireNodeName = tls != null && tls.requireNodeName();
                        accepted.pipeline().addLast(new InboundWire(shared, io, requireNodeName));
                    }
                })
                .bind(bind.host(), bind.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UnavailableException(
                    "%s cannot be bound: %s; choose another address (holdfast.node.bind), or port 0 for a free one"
                            .formatted(bind, OutboundWire.reasonOf(bound.cause())),
                    bound.cause());
        }
        return new Listener(bound.channel());
    }

    Address bound() {
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        return Address.of(local.getAddress().getHostAddress(), local.getPort());
    }

    void close() {
        channel.close().awaitUninterruptibly(1000);
    }
}
