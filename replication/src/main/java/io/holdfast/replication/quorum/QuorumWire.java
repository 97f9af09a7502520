package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
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

/** What the nodes of a ring say to each other, on the route {@code quorum}. What is lost is asked again. Safe for use by many threads. */
final class QuorumWire {
    private static final Logger log = LoggerFactory.getLogger(QuorumWire.class);
    private static final String ROUTE = "quorum";

    private final Transport transport;
    private final BiConsumer<Address, QuorumMessage> receiver;

    QuorumWire(Transport transport, BiConsumer<Address, QuorumMessage> receiver) {
        this.transport = transport;
        this.receiver = receiver;
    }

    /** Begins to listen. Throws {@link IllegalArgumentException} if the route is taken. */
    Registration open() {
        return transport.receive(ROUTE, this::receive);
    }

    void send(Address to, QuorumMessage message) {
        Message bytes = new Message(ROUTE, CallContext.EMPTY, QuorumMessageCodec.encode(message), lane(message));
        transport.send(to, bytes).whenComplete((done, failure) -> {
            if (failure != null) {
                log.debug("a message to {} is not sent: {}", to, failure.toString());
            }
        });
    }

    /** Rows that are moved or compared give way to calls. */
    private static Lane lane(QuorumMessage message) {
        return message instanceof QuorumMessage.Pulled
                        || message instanceof QuorumMessage.Repair
                        || message instanceof QuorumMessage.Hashes
                        || message instanceof QuorumMessage.Listing
                ? Lane.BULK
                : Lane.CALL;
    }

    private void receive(Inbound inbound) {
        try {
            receiver.accept(inbound.peer().address(), QuorumMessageCodec.decode(inbound.payload()));
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }
}
