package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The ways to other nodes, by address. Safe for use by many threads. */
final class PeerLinks {
    private final Shared shared;
    private final IoGroup group;
    private final Environment environment;
    private final @Nullable TlsContexts tls;
    private final RandomGenerator random;

    /** Host names are looked up here: a slow name server must not hold up an I/O thread. */
    private final ExecutorService resolver;

    private final Map<Address, PeerLink> links = new ConcurrentHashMap<>();
    private volatile boolean closed;

    PeerLinks(Shared shared, IoGroup group, Environment environment, @Nullable TlsContexts tls) {
        this.shared = shared;
        this.group = group;
        this.environment = environment;
        this.tls = tls;
        this.random = environment.random().split("transport.reconnect");
        this.resolver = environment.threads().serial("holdfast-dns-" + shared.identity.node(), 1024);
    }

    /**
     * The connection to an address, which may still be in the making.
     *
     * @throws io.holdfast.core.HoldfastException if the last attempt failed a moment ago, there are too many peers, or the transport is closed
     */
    OutboundWire wire(Address to) {
        PeerLink link = links.get(to);
        return (link == null ? add(to) : link).wire();
    }

    private synchronized PeerLink add(Address to) {
        if (closed) {
            throw new UnavailableException("the transport of node %s was closed".formatted(shared.identity.node()));
        }
        int max = shared.config.limits().peers();
        if (links.size() >= max) {
            links.values().removeIf(PeerLink::isIdle);
            if (links.size() >= max) {
                throw new OverloadedException(
                        "%d peers are connected, the bound; raise transport.limits.peers".formatted(max),
                        Duration.ofSeconds(1));
            }
        }
        boolean requireNodeName = tls != null && tls.requireNodeName();
        return links.computeIfAbsent(
                to,
                address -> new PeerLink(
                        address, shared.config.timing(), random, environment.clock(), requireNodeName, this::dial));
    }

    private OutboundWire dial(PeerLink link) {
        OutboundWire wire = new OutboundWire(shared, group.next(), link);
        Address to = link.address();
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(to.host());
        try {
            if (closed) {
                throw new RejectedExecutionException();
            } else if (literal != null) {
                connect(wire, new InetSocketAddress(InetAddress.getByAddress(literal), to.port()));
            } else {
                resolver.execute(() -> resolveAndConnect(wire, to));
            }
            return wire;
        } catch (UnknownHostException e) {
            throw new UnavailableException("address (%s) is no IP address".formatted(to), e);
        } catch (RejectedExecutionException e) {
            throw new UnavailableException(
                    "no connection to %s: the transport was closed, or too many names are looked up".formatted(to), e);
        }
    }

    private void resolveAndConnect(OutboundWire wire, Address to) {
        try {
            connect(wire, new InetSocketAddress(InetAddress.getByName(to.host()), to.port()));
        } catch (UnknownHostException e) {
            onLoop(wire, () -> wire.onConnectFailed(new UnknownHostException("the host name is not known")));
        } catch (RejectedExecutionException transportIsClosed) {
            return;
        }
    }

    private void connect(OutboundWire wire, InetSocketAddress to) {
        ChannelFuture connecting = new Bootstrap()
                .group(wire.io.netty())
                .channel(IoGroup.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Listener.WATER_MARK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        shared.config.timing().connectTimeout().toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        LinkGate.install(channel.pipeline(), shared, wire.io);
                        if (tls != null) {
                            channel.pipeline().addLast(tls.forClient(channel.alloc(), wire.address()));
                        }
                        channel.pipeline().addLast(wire);
                    }
                })
                .connect(to);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                onLoop(wire, () -> wire.onConnectFailed(done.cause()));
            }
        });
    }

    private static void onLoop(OutboundWire wire, Runnable task) {
        if (wire.io.isCurrent()) {
            task.run();
            return;
        }
        try {
            wire.io.execute(task);
        } catch (RejectedExecutionException transportIsClosed) {
            return;
        }
    }

    /** No further connections; those in the making are given up. */
    synchronized void close() {
        closed = true;
        resolver.shutdownNow();
        var reason = new UnavailableException("the transport of node %s was closed".formatted(shared.identity.node()));
        for (PeerLink link : links.values()) {
            OutboundWire wire = link.current();
            if (wire != null) {
                wire.leave(reason);
            }
        }
    }
}
