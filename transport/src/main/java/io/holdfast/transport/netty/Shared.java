package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all connections of one transport have in common. Safe for use by many threads. */
final class Shared {
    final TransportConfig config;
    final TransportIdentity identity;
    final TransportMeters meters;
    final RateLimitedLog log;
    final LinkFaults faults;
    final PeerConnections connections = new PeerConnections();
    final Ungreeted ungreeted;
    final RouteTable<Consumer<Exchange>> requests = new RouteTable<>();
    final RouteTable<Consumer<Inbound>> messages = new RouteTable<>();
    final RouteTable<Function<Inbound, Flow.Publisher<byte[]>>> streams = new RouteTable<>();
    private final AtomicReference<@Nullable Address> address = new AtomicReference<>();
    private volatile boolean draining;

    Shared(
            TransportConfig config,
            TransportIdentity identity,
            TransportMeters meters,
            RateLimitedLog log,
            LinkFaults faults) {
        this.config = config;
        this.identity = identity;
        this.meters = meters;
        this.log = log;
        this.faults = faults;
        this.ungreeted = new Ungreeted(config.limits().ungreeted());
    }

    Address address() {
        Address bound = address.get();
        if (bound == null) {
            throw new IllegalStateException("the transport is not bound yet");
        }
        return bound;
    }

    void bound(Address value) {
        address.set(value);
    }

    boolean isDraining() {
        return draining;
    }

    void drain() {
        draining = true;
    }

    int maxPayload() {
        return (int) config.maxFrameSize().bytes();
    }

    Hello hello() {
        return new Hello(
                FrameType.LOWEST_VERSION,
                FrameType.HIGHEST_VERSION,
                maxPayload(),
                identity.node(),
                address(),
                identity.cluster(),
                identity.clusterId().get().orElse(""));
    }
}
