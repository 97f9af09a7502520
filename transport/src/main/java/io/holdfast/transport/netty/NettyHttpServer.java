package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.transport.http.HttpConfig;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 endpoint (RFC 9112) on Netty. Requests of one connection are handled one after the other, so that pipelined ones are answered in order; header and body are
 * bounded in size and in time; what is refused gets a problem document (RFC 9457). Safe for use by many threads.
 */
public final class NettyHttpServer implements HttpServer {
    private static final Duration DRAIN_POLL = Duration.ofMillis(5);

    private final IoGroup group;
    private final Channel listener;
    private final Set<HttpSession> sessions;
    private final HttpSession.Settings settings;

    private NettyHttpServer(IoGroup group, Channel listener, Set<HttpSession> sessions, HttpSession.Settings settings) {
        this.group = group;
        this.listener = listener;
        this.sessions = sessions;
        this.settings = settings;
    }

    /**
     * Binds the port and starts.
     *
     * @param name the endpoint's name, for threads and metrics, for instance {@code admin}
     * @param config the settings
     * @param handler answers the requests
     * @param executor runs the handler; {@code environment.threads().direct()} runs it on the I/O thread, where it must not block. A task that it rejects becomes 503
     * @param environment clock and threads
     * @param meters where the metrics go
     * @return the running endpoint
     * @throws UnavailableException if the port cannot be bound; the message names it
     * @throws IllegalArgumentException if a certificate file is missing, broken or open to others
     */
    public static NettyHttpServer start(
            String name,
            HttpConfig config,
            HttpHandler handler,
            Executor executor,
            Environment environment,
            MeterRegistry meters) {
        TlsContexts tls = config.tls()
                .map(block -> new TlsContexts(block, config.headerTimeout()))
                .orElse(null);
        IoGroup group = new IoGroup("holdfast-http-" + name, config.threads(), environment.clock());
        Set<HttpSession> sessions = ConcurrentHashMap.newKeySet();
        HttpMeters counted = new HttpMeters(meters, name);
        HttpSession.Settings settings = new HttpSession.Settings(config, handler, executor, sessions, counted);
        ChannelFuture bound = bootstrap(config, group, tls, settings).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.close();
            throw new UnavailableException(
                    "%s cannot be bound for the HTTP endpoint %s: %s; choose another address, or port 0 for a free one"
                            .formatted(config.bind(), name, OutboundWire.reasonOf(bound.cause())),
                    bound.cause());
        }
        counted.connections(sessions::size);
        return new NettyHttpServer(group, bound.channel(), sessions, settings);
    }

    private static ChannelFuture bootstrap(
            HttpConfig config, IoGroup group, @Nullable TlsContexts tls, HttpSession.Settings settings) {
        int header = (int) config.maxHeaderSize().bytes();
        return new ServerBootstrap()
                .group(group.netty())
                .channel(IoGroup.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        if (tls != null) {
                            accepted.pipeline().addLast(tls.forServer(accepted.alloc()));
                        }
                        HttpSession session = new HttpSession(settings);
                        accepted.pipeline()
                                .addLast(session.firstByte())
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(header)
                                        .setMaxHeaderSize(header)))
                                .addLast(new FlowControlHandler())
                                .addLast(session);
                    }
                })
                .bind(config.bind().host(), config.bind().port());
    }

    @Override
    public Address address() {
        InetSocketAddress local = (InetSocketAddress) listener.localAddress();
        return Address.of(local.getAddress().getHostAddress(), local.getPort());
    }

    @Override
    public CompletionStage<Void> drain(Duration limit) {
        settings.drain();
        CompletableFuture<Void> drained = new CompletableFuture<>();
        try {
            listener.close();
            sessions.forEach(HttpSession::closeIfIdle);
            IoLoop loop = group.next();
            loop.execute(() -> awaitNone(loop, loop.now() + limit.toNanos(), drained));
        } catch (RejectedExecutionException alreadyClosed) {
            drained.complete(null);
        }
        return drained;
    }

    private void awaitNone(IoLoop loop, long untilNanos, CompletableFuture<Void> drained) {
        if (sessions.isEmpty() || loop.now() - untilNanos >= 0) {
            drained.complete(null);
        } else {
            loop.netty()
                    .schedule(() -> awaitNone(loop, untilNanos, drained), DRAIN_POLL.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly(1000);
        group.close();
    }
}
