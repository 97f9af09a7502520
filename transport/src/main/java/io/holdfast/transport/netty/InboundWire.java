package io.holdfast.transport.netty;

import io.holdfast.core.DurationText;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.CallContextCodec;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that a peer has made: takes requests, sends answers. */
final class InboundWire extends Wire {
    private static final Logger log = LoggerFactory.getLogger(InboundWire.class);
    private static final Lane[] LANES = Lane.values();

    private final IntObjectMap<ServerWork> open = new IntObjectHashMap<>();
    private final boolean requireNodeName;
    private @Nullable CertificateIdentity certificate;
    private @Nullable Peer from;
    private long heldBytes;
    private volatile int peerMaxPayload;

    InboundWire(Shared shared, IoLoop io, boolean requireNodeName) {
        super(shared, io);
        this.requireNodeName = requireNodeName;
    }

    @Override
    boolean isInbound() {
        return true;
    }

    int maxAnswer() {
        return Math.min(peerMaxPayload, shared.maxPayload());
    }

    // ---- greeting

    @Override
    public void channelActive(ChannelHandlerContext context) {
        shared.ungreeted.add(this);
        long nanos = shared.config.timing().handshakeTimeout().toNanos();
        io.netty().schedule(this::onHandshakeTimeout, nanos, TimeUnit.NANOSECONDS);
        super.channelActive(context);
    }

    @Override
    void onConnected(@Nullable CertificateIdentity identity) {
        certificate = identity;
    }

    private void onHandshakeTimeout() {
        if (!isReady() && isOpen()) {
            giveUp(
                    Refusal.TIMEOUT,
                    "%s did not say hello within %s and was closed; only Holdfast nodes should reach this port"
                            .formatted(
                                    peerName(),
                                    DurationText.of(shared.config.timing().handshakeTimeout())));
        }
    }

    /** Called from any thread: too many others wait, too. */
    void evict(int bound) {
        io.execute(() -> {
            if (!isReady() && isOpen()) {
                giveUp(
                        Refusal.EVICTED,
                        "%d connections have not said hello, the bound; the oldest ones are closed, now %s; only Holdfast nodes should reach this port"
                                .formatted(bound, peerName()));
            }
        });
    }

    private void giveUp(Refusal reason, String message) {
        giveUp(reason, "", message);
    }

    private void giveUp(Refusal reason, String node, String message) {
        shared.log.warn(reason, node, message);
        shared.meters.handshakeFailed(reason);
        close(reason.asException(message));
    }

    @Override
    void onTlsFailed(Throwable cause) {
        giveUp(
                Refusal.TLS,
                "TLS with %s failed: %s; a plaintext peer, or compare both nodes' transport.tls"
                        .formatted(peerName(), OutboundWire.reasonOf(cause)));
    }

    private void onHello(Hello hello) {
        if (isSilenced(hello.node())) {
            return;
        }
        Greeting.Refused refused = Greeting.check(shared.hello(), hello, certificate, requireNodeName);
        if (refused == null
                && shared.connections.inbound() >= shared.config.limits().connections()) {
            refused = new Greeting.Refused(
                    Refusal.FULL,
                    "node %s has %d connections, its bound; raise transport.limits.connections"
                            .formatted(shared.identity.node(), shared.connections.inbound()));
        }
        if (refused != null) {
            refused.write(writer());
            giveUp(refused.code(), hello.node().value(), refused.message());
            return;
        }
        shared.ungreeted.remove(this);
        peerMaxPayload = hello.maxPayload();
        shared.hello().write(writer());
        Peer peer = new Peer(hello.node(), hello.address(), certificate == null ? null : certificate.principal());
        from = peer;
        ready(peer);
        if (shared.isDraining()) {
            writeGoAway("node " + shared.identity.node() + " drains");
        }
    }

    // ---- receiving

    @Override
    public void onFrame(byte type, ByteBuf body) {
        Peer peer = from;
        if (peer == null) {
            if (type != FrameType.HELLO) {
                throw new ProtocolException("the first frame (type %d) must be a hello".formatted(type));
            }
            onHello(Hello.read(body));
            return;
        }
        switch (type) {
            case FrameType.REQUEST -> onRequest(peer, body);
            case FrameType.ONE_WAY -> onOneWay(peer, body);
            case FrameType.STREAM_OPEN -> onStreamOpen(peer, body);
            case FrameType.STREAM_CREDIT -> {
                ServerWork work = open.get(body.readInt());
                int items = body.readInt();
                if (items <= 0) {
                    throw new ProtocolException("credit (%d) must be positive".formatted(items));
                }
                if (work != null) {
                    work.onCredit(items);
                }
            }
            case FrameType.CANCEL -> {
                ServerWork work = open.get(body.readInt());
                if (work != null) {
                    finish(work);
                    work.onGone();
                }
            }
            case FrameType.GOAWAY -> peerGoes();
            case FrameType.REFUSE -> {
                Refusal reason = Refusal.of(body.readByte());
                giveUp(reason, text(body));
            }
            default -> onCommonFrame(type, body);
        }
    }

    private void onRequest(Peer peer, ByteBuf body) {
        int stream = body.readInt();
        Lane lane = lane(body);
        int routeLength = body.readUnsignedByte();
        int routeAt = body.readerIndex();
        body.skipBytes(routeLength);
        Inbound request = new Inbound(peer, context(body), bytes(body));
        HoldfastException refusal = refusal(stream, request);
        if (refusal != null) {
            WireErrors.write(stream, refusal, writer());
            return;
        }
        var handler = shared.requests.find(body, routeAt, routeLength);
        if (handler == null) {
            WireErrors.write(stream, noRoute(body, routeAt, routeLength), writer());
            return;
        }
        ServerExchange exchange = new ServerExchange(this, stream, lane, request);
        try {
            handler.accept(exchange);
        } catch (RuntimeException e) {
            exchange.fail(handlerFailed(e));
        }
        // an answer given at once was written already, and most are
        if (exchange.wanted()) {
            hold(exchange, request.context());
        }
    }

    private void onOneWay(Peer peer, ByteBuf body) {
        int routeLength = body.readUnsignedByte();
        int routeAt = body.readerIndex();
        body.skipBytes(routeLength);
        Inbound message = new Inbound(peer, context(body), bytes(body));
        var handler = shared.messages.find(body, routeAt, routeLength);
        if (handler == null) {
            shared.meters.dropped(TransportMeters.Drop.NO_ROUTE);
            return;
        }
        runSafely(() -> handler.accept(message));
    }

    private void onStreamOpen(Peer peer, ByteBuf body) {
        int stream = body.readInt();
        Lane lane = lane(body);
        int credit = body.readInt();
        if (credit <= 0) {
            throw new ProtocolException("credit (%d) must be positive".formatted(credit));
        }
        int routeLength = body.readUnsignedByte();
        int routeAt = body.readerIndex();
        body.skipBytes(routeLength);
        Inbound request = new Inbound(peer, context(body), bytes(body));
        HoldfastException refusal = refusal(stream, request);
        var handler = shared.streams.find(body, routeAt, routeLength);
        if (refusal == null && handler == null) {
            refusal = noRoute(body, routeAt, routeLength);
        }
        if (refusal != null || handler == null) {
            WireErrors.write(stream, refusal == null ? noRoute(body, routeAt, routeLength) : refusal, writer());
            return;
        }
        ServerStream work = new ServerStream(this, stream, lane, request.payload().length, credit);
        hold(work, request.context());
        try {
            handler.apply(request).subscribe(work);
        } catch (RuntimeException e) {
            work.onError(handlerFailed(e));
        }
    }

    private @Nullable HoldfastException refusal(int stream, Inbound request) {
        if (open.containsKey(stream)) {
            throw new ProtocolException("stream id (%d) is in use".formatted(stream));
        }
        if (shared.isDraining()) {
            shared.meters.dropped(TransportMeters.Drop.DRAINING);
            return new UnavailableException(
                    "node %s drains and takes no new requests; nothing was done: call another node"
                            .formatted(shared.identity.node()));
        }
        var limits = shared.config.limits();
        if (open.size() >= limits.inFlight()
                || heldBytes + request.payload().length > limits.inFlightBytes().bytes()) {
            shared.meters.dropped(TransportMeters.Drop.IN_FLIGHT);
            return new OverloadedException(
                    "node %s works on %d requests (%d bytes) of node %s, a bound; send less, or raise transport.limits.in-flight and in-flight-bytes"
                            .formatted(
                                    shared.identity.node(),
                                    open.size(),
                                    heldBytes,
                                    request.peer().node()),
                    Duration.ofMillis(50));
        }
        return null;
    }

    private HoldfastException noRoute(ByteBuf body, int routeAt, int routeLength) {
        shared.meters.dropped(TransportMeters.Drop.NO_ROUTE);
        return new NotAppliedException(
                "route (%s) is not served by node %s; is it of another version, or not started yet?"
                        .formatted(
                                body.toString(routeAt, routeLength, StandardCharsets.UTF_8), shared.identity.node()));
    }

    private HoldfastException handlerFailed(RuntimeException e) {
        if (e instanceof HoldfastException known) {
            return known;
        }
        log.error("a handler failed; the peer is told that the outcome is unknown", e);
        return new UnknownOutcomeException("the handler on node %s failed with %s; see its log"
                .formatted(shared.identity.node(), e.getClass().getSimpleName()));
    }

    private static Lane lane(ByteBuf body) {
        int lane = body.readUnsignedByte();
        if (lane >= LANES.length) {
            throw new ProtocolException("lane (%d) must be 0 to %d".formatted(lane, LANES.length - 1));
        }
        return LANES[lane];
    }

    private CallContext context(ByteBuf body) {
        if (body.isReadable() && body.getByte(body.readerIndex()) == 0) {
            body.skipBytes(1);
            return CallContext.EMPTY;
        }
        ByteBuffer view = body.nioBuffer();
        CallContext context = CallContextCodec.decode(view, io.now());
        body.skipBytes(view.position());
        return context;
    }

    // ---- work

    private void hold(ServerWork work, CallContext context) {
        open.put(work.stream, work);
        heldBytes += work.heldBytes;
        shared.connections.active().increment();
        if (!context.deadline().isNone()) {
            io.addDeadline(work, context.deadline().nanos());
        }
    }

    /** The work is answered or not wanted any more. */
    void finish(ServerWork work) {
        if (open.remove(work.stream, work)) {
            heldBytes -= work.heldBytes;
            shared.connections.active().decrement();
            io.removeDeadline(work);
        }
    }

    /** A full lane took no answer, from any thread: the peer does not read. It is told in a few bytes of the control lane; if that is full too, the connection ends. */
    void answerDropped(ServerWork work) {
        HoldfastException reason = full(work.lane);
        if (!submit(new DroppedAnswer(work, reason))) {
            io.execute(() -> close(new UnavailableException(
                    "%s does not read its answers; the connection was closed".formatted(peerName()))));
        }
    }

    @Override
    void onPumped() {
        // a peer that does not read its answers may not send further requests
        setReading(!isHalfFull());
    }

    void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("a handler failed; the connection to {} goes on", peerName(), e);
        }
    }

    @Override
    void onMalformed(ProtocolException cause) {
        if (!isReady()) {
            giveUp(Refusal.MALFORMED, "%s was refused: %s".formatted(peerName(), cause.getMessage()));
            return;
        }
        shared.meters.dropped(TransportMeters.Drop.MALFORMED);
        shared.log.warn(
                Refusal.MALFORMED,
                "%s broke the protocol and was closed: %s".formatted(peerName(), cause.getMessage()));
        close(cause);
    }

    @Override
    void onClosed(HoldfastException reason) {
        shared.ungreeted.remove(this);
        for (ServerWork work : List.copyOf(open.values())) {
            finish(work);
            work.onGone();
        }
    }
}
