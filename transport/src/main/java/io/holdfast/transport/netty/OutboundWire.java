package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.DurationText;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.security.Principal;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection that this node has made: sends requests, takes answers. */
final class OutboundWire extends Wire {
    private final PeerLink link;
    private final IntObjectMap<ClientExchange> open = new IntObjectHashMap<>();
    private @Nullable CertificateIdentity certificate;
    private boolean helloSent;
    private int lastStream;
    private int peerMaxPayload = Integer.MAX_VALUE;
    private volatile boolean draining;

    OutboundWire(Shared shared, IoLoop io, PeerLink link) {
        super(shared, io);
        this.link = link;
    }

    @Override
    boolean isInbound() {
        return false;
    }

    /** Whether the peer has said GOAWAY; from any thread. */
    boolean isDraining() {
        return draining;
    }

    HoldfastException drains() {
        return link.drains();
    }

    @Override
    String peerName() {
        return peer() == null ? link.address().toString() : super.peerName();
    }

    // ---- greeting

    @Override
    void onConnected(@Nullable CertificateIdentity identity) {
        certificate = identity;
        helloSent = true;
        shared.hello().write(writer());
        flush();
        long nanos = shared.config.timing().handshakeTimeout().toNanos();
        io.netty().schedule(this::onHandshakeTimeout, nanos, TimeUnit.NANOSECONDS);
    }

    private void onHandshakeTimeout() {
        if (!isReady() && isOpen()) {
            failGreeting(
                    Refusal.TIMEOUT,
                    "%s did not say hello within %s; is it a Holdfast node?"
                            .formatted(
                                    link.address(),
                                    DurationText.of(shared.config.timing().handshakeTimeout())));
        }
    }

    private void onHello(Hello peer) {
        if (isSilenced(peer.node())) {
            return;
        }
        var refused = Greeting.check(shared.hello(), peer, certificate, link.requireNodeName());
        if (refused != null) {
            refused.write(writer());
            failGreeting(refused.code(), refused.message());
            return;
        }
        peerMaxPayload = peer.maxPayload();
        link.onReady();
        ready(new Peer(peer.node(), peer.address(), principal()));
    }

    private @Nullable Principal principal() {
        return certificate == null ? null : certificate.principal();
    }

    private void failGreeting(Refusal reason, String message) {
        shared.log.warn(reason, link.address().toString(), message);
        shared.meters.handshakeFailed(reason);
        close(reason.asException(message));
    }

    @Override
    void onTlsFailed(Throwable cause) {
        failGreeting(
                Refusal.TLS,
                "TLS with %s failed: %s; compare both nodes' transport.tls, or the other node speaks plaintext"
                        .formatted(link.address(), reasonOf(cause)));
    }

    static String reasonOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /** The TCP connection could not be made. */
    void onConnectFailed(Throwable cause) {
        terminate(new UnavailableException(
                "no connection to %s: %s; is the node up and the address right?"
                        .formatted(link.address(), reasonOf(cause)),
                cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (helloSent && !isReady() && isOpen()) {
            String message =
                    "%s closed the connection before hello; see its log: one side may use TLS and the other not"
                            .formatted(link.address());
            shared.meters.handshakeFailed(Refusal.CLOSED);
            shared.log.warn(Refusal.CLOSED, link.address().toString(), message);
            terminate(new UnavailableException(message));
            return;
        }
        super.channelInactive(context);
    }

    // ---- sending

    /** Gives a request its stream id and a place in the table; false if it was refused instead. */
    boolean open(ClientExchange exchange) {
        HoldfastException tooLarge = tooLarge(exchange.message);
        if (tooLarge != null) {
            io.removeDeadline(exchange);
            exchange.refuse(tooLarge);
            return false;
        }
        int max = shared.config.limits().inFlight();
        if (open.size() >= max) {
            shared.meters.dropped(TransportMeters.Drop.IN_FLIGHT);
            io.removeDeadline(exchange);
            exchange.refuse(new OverloadedException(
                    "%d requests to %s wait for an answer, the bound; send less, or raise transport.limits.in-flight"
                            .formatted(max, peerName()),
                    Duration.ofMillis(50)));
            return false;
        }
        if (draining) {
            io.removeDeadline(exchange);
            exchange.refuse(drains());
            return false;
        }
        do {
            lastStream++;
        } while (open.containsKey(lastStream));
        exchange.stream = lastStream;
        open.put(lastStream, exchange);
        return true;
    }

    @Nullable HoldfastException tooLarge(Message message) {
        int size = message.payload().length;
        int max = Math.min(shared.maxPayload(), peerMaxPayload);
        return size <= max
                ? null
                : new InvalidContractException(
                        "payload (%d bytes) on route %s must be at most %d bytes; split it, or raise transport.max-frame-size on both nodes"
                                .formatted(size, message.route(), max));
    }

    void writeEnvelope(Message message, FrameWriter out) {
        out.route(message.route().getBytes(StandardCharsets.UTF_8));
        out.context(message.context(), message.context().deadline().isNone() ? 0 : io.now());
        out.end(message.payload());
    }

    /** Takes a request out of the table; true if it was there, which means that it was sent. */
    boolean forget(ClientExchange exchange) {
        return open.remove(exchange.stream, exchange);
    }

    // ---- receiving

    @Override
    public void onFrame(byte type, ByteBuf body) {
        switch (type) {
            case FrameType.RESPONSE -> {
                ClientExchange exchange = finish(body.readInt());
                if (exchange != null) {
                    exchange.onResponse(body);
                }
            }
            case FrameType.ERROR -> {
                ClientExchange exchange = finish(body.readInt());
                if (exchange != null) {
                    exchange.onError(WireErrors.read(body));
                }
            }
            case FrameType.STREAM_ITEM -> {
                ClientExchange exchange = open.get(body.readInt());
                if (exchange != null) {
                    exchange.onItem(body);
                }
            }
            case FrameType.STREAM_END -> {
                ClientExchange exchange = finish(body.readInt());
                if (exchange != null) {
                    exchange.onEnd();
                }
            }
            case FrameType.GOAWAY -> {
                draining = true;
                peerGoes();
            }
            default -> onRareFrame(type, body);
        }
    }

    private void onRareFrame(byte type, ByteBuf body) {
        if (type == FrameType.HELLO && !isReady()) {
            onHello(Hello.read(body));
        } else if (type == FrameType.REFUSE && !isReady()) {
            Refusal reason = Refusal.of(body.readByte());
            failGreeting(reason, text(body));
        } else {
            onCommonFrame(type, body);
        }
    }

    private @Nullable ClientExchange finish(int stream) {
        if (!isReady()) {
            throw new ProtocolException("an answer came before hello");
        }
        ClientExchange exchange = open.remove(stream);
        if (exchange != null) {
            io.removeDeadline(exchange);
        }
        return exchange; // null: it was cancelled or its deadline has passed
    }

    @Override
    void onMalformed(ProtocolException cause) {
        String message = "%s broke the protocol: %s".formatted(peerName(), cause.getMessage());
        shared.log.warn(Refusal.MALFORMED, link.address().toString(), message);
        if (!isReady()) {
            shared.meters.handshakeFailed(Refusal.MALFORMED);
        }
        close(new ProtocolException(message, cause));
    }

    @Override
    void onClosing(HoldfastException reason) {
        link.onClosed(this, reason);
    }

    @Override
    void onClosed(HoldfastException reason) {
        List<ClientExchange> lost = List.copyOf(open.values());
        open.clear();
        for (ClientExchange exchange : lost) {
            io.removeDeadline(exchange);
            exchange.onError(new UnknownOutcomeException(
                    "the connection to %s was lost after the request on route %s was sent; it may or may not have been done"
                            .formatted(peerName(), exchange.message.route()),
                    reason));
        }
    }

    Address address() {
        return link.address();
    }
}
