package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the nodes of a space say to each other, on the route {@code shards.<space>}. Safe for use by many threads. */
final class ShardWire {
    private static final Logger log = LoggerFactory.getLogger(ShardWire.class);

    private final String route;
    private final Transport transport;
    private final BiConsumer<Address, ShardMessage> receiver;

    ShardWire(String space, Transport transport, BiConsumer<Address, ShardMessage> receiver) {
        this.route = "shards." + space;
        this.transport = transport;
        this.receiver = receiver;
    }

    /** Begins to listen. Throws {@link IllegalArgumentException} if the route is taken. */
    Registration open() {
        return transport.receive(route, this::receive);
    }

    void send(Address to, ShardMessage message) {
        if (to.equals(transport.address())) {
            receiver.accept(to, message);
            return;
        }
        // a map is larger than what is urgent
        Lane lane = message instanceof ShardMessage.News ? Lane.CALL : Lane.CONTROL;
        transport
                .send(to, new Message(route, CallContext.EMPTY, ShardMessageCodec.encode(message), lane))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("a message to {} is not sent: {}", to, failure.toString());
                    }
                });
    }

    /** A host speaks for itself only: with mutual TLS its name is proven. */
    private void receive(Inbound inbound) {
        try {
            ShardMessage message = ShardMessageCodec.decode(inbound.payload());
            NodeId sender = inbound.peer().node();
            boolean spoofed = (message instanceof ShardMessage.Released released
                            && !released.by().node().equals(sender))
                    || (message instanceof ShardMessage.Ready ready
                            && !ready.target().node().equals(sender));
            if (!spoofed) {
                receiver.accept(inbound.peer().address(), message);
            }
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }
}
