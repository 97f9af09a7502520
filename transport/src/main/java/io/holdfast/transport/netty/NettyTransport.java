package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.TransportMetric;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/**
 * The one wire on Netty: one port, frames of its own (docs/adr/0002-the-one-wire.md), TLS 1.3 on request.
 *
 * <p>Handlers, listeners, subscribers and dependants of futures run on I/O threads and must not block. A request that was not written when its connection failed ends in
 * {@link UnavailableException}; one that was, in {@link io.holdfast.core.UnknownOutcomeException}. Deadlines fire up to 9 ms late. While a node drains it refuses
 * requests and streams but still takes one-way messages, so that gossip can say goodbye.
 *
 * <p>Safe for use by many threads.
 */
public final class NettyTransport implements Transport {
    private static final Duration DRAIN_POLL = Duration.ofMillis(5);

    private final Shared shared;
    private final IoGroup group;
    private final PeerLinks links;
    private final Listener listener;
    private volatile boolean closed;

    private NettyTransport(Shared shared, IoGroup group, PeerLinks links, Listener listener) {
        this.shared = shared;
        this.group = group;
        this.links = links;
        this.listener = listener;
    }

    /**
     * Binds the port and starts.
     *
     * @param identity who this node says it is
     * @param config the settings
     * @param environment clock, random numbers and threads
     * @param meters where the metrics of {@link TransportMetric} go
     * @return the running transport; close it with the node
     * @throws UnavailableException if the port cannot be bound; the message names it
     * @throws IllegalArgumentException if a certificate file is missing, broken or open to others
     */
    public static NettyTransport start(
            TransportIdentity identity, TransportConfig config, Environment environment, MeterRegistry meters) {
        return start(identity, config, environment, meters, LinkFaults.off());
    }

    /**
     * Binds the port and starts, with links that may have faults: for tests.
     *
     * @param identity who this node says it is
     * @param config the settings
     * @param environment clock, random numbers and threads
     * @param meters where the metrics of {@link TransportMetric} go
     * @param faults the faults of its links, for this transport alone
     * @return the running transport; close it with the node
     * @throws UnavailableException if the port cannot be bound; the message names it
     * @throws IllegalArgumentException if a certificate file is missing, broken or open to others
     */
    public static NettyTransport start(
            TransportIdentity identity,
            TransportConfig config,
            Environment environment,
            MeterRegistry meters,
            LinkFaults faults) {
        TlsContexts tls = config.tls()
                .map(block -> new TlsContexts(block, config.timing().handshakeTimeout()))
                .orElse(null);
        IoGroup group = new IoGroup("holdfast-io-" + identity.node(), config.threads(), environment.clock());
        TransportMeters metrics = new TransportMeters(meters);
        RateLimitedLog log = new RateLimitedLog(LoggerFactory.getLogger(NettyTransport.class), environment.clock());
        Shared shared = new Shared(config, identity, metrics, log, faults);
        PeerLinks links = new PeerLinks(shared, group, environment, tls);
        try {
            Listener listener = Listener.bind(shared, group, tls);
            shared.bound(advertised(config, listener.bound()));
            gauges(shared);
            return new NettyTransport(shared, group, links, listener);
        } catch (HoldfastException e) {
            links.close();
            group.close();
            throw e;
        }
    }

    private static Address advertised(TransportConfig config, Address bound) {
        return config.advertise()
                .map(told -> told.port() == 0 ? Address.of(told.host(), bound.port()) : told)
                .orElse(bound);
    }

    private static void gauges(Shared shared) {
        shared.meters.gauge(TransportMetric.CONNECTIONS, Tags.of("direction", "in"), shared.connections::inbound);
        shared.meters.gauge(TransportMetric.CONNECTIONS, Tags.of("direction", "out"), shared.connections::outbound);
        shared.meters.gauge(TransportMetric.QUEUED, Tags.empty(), shared.connections::queuedBytes);
    }

    @Override
    public Address address() {
        return shared.address();
    }

    @Override
    public Registration serve(String route, Consumer<Exchange> handler) {
        return shared.requests.add(route, handler);
    }

    @Override
    public Registration receive(String route, Consumer<Inbound> handler) {
        return shared.messages.add(route, handler);
    }

    @Override
    public Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler) {
        return shared.streams.add(route, handler);
    }

    @Override
    public CompletableFuture<byte[]> request(Address to, Message message) {
        try {
            checkSize(message);
            OutboundWire wire = wireForRequest(to);
            ClientCall call = new ClientCall(wire, message);
            if (!wire.submit(call)) {
                call.refuse(wire.full(message.lane()));
            }
            return call.answer;
        } catch (HoldfastException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Void> send(Address to, Message message) {
        try {
            checkSize(message);
            OutboundWire wire = links.wire(to);
            OneWayMessage oneWay = new OneWayMessage(wire, message);
            if (!wire.submit(oneWay)) {
                oneWay.refuse(wire.full(message.lane()));
            }
            return oneWay.written;
        } catch (HoldfastException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Flow.Publisher<byte[]> stream(Address to, Message message) {
        return new StreamPublisher(
                () -> {
                    checkSize(message);
                    return wireForRequest(to);
                },
                message);
    }

    private OutboundWire wireForRequest(Address to) {
        OutboundWire wire = links.wire(to);
        if (wire.isDraining()) {
            throw wire.drains();
        }
        return wire;
    }

    private void checkSize(Message message) {
        if (message.payload().length > shared.maxPayload()) {
            throw new InvalidContractException(
                    "payload (%d bytes) on route %s must be at most %d bytes; split it, or raise transport.max-frame-size"
                            .formatted(message.payload().length, message.route(), shared.maxPayload()));
        }
    }

    @Override
    public Registration onConnection(ConnectionListener heard) {
        return shared.connections.listen(heard);
    }

    @Override
    public CompletionStage<Void> drain(Duration limit) {
        shared.drain();
        CompletableFuture<Void> drained = new CompletableFuture<>();
        try {
            IoLoop loop = group.next();
            loop.execute(() -> {
                shared.connections.wires().stream()
                        .filter(Wire::isInbound)
                        .forEach(wire -> wire.sayGoAway("node " + shared.identity.node() + " drains"));
                awaitIdle(loop, loop.now() + limit.toNanos(), drained);
            });
        } catch (RejectedExecutionException alreadyClosed) {
            drained.complete(null);
        }
        return drained;
    }

    private void awaitIdle(IoLoop loop, long untilNanos, CompletableFuture<Void> drained) {
        if (shared.connections.active().sum() == 0 || loop.now() - untilNanos >= 0) {
            drained.complete(null);
        } else {
            loop.netty()
                    .schedule(() -> awaitIdle(loop, untilNanos, drained), DRAIN_POLL.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        listener.close();
        links.close();
        var reason = new UnavailableException("the transport of node %s was closed".formatted(shared.identity.node()));
        shared.connections.wires().forEach(wire -> wire.leave(reason));
        group.close();
    }
}
