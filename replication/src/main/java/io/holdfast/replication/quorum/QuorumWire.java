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
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the nodes of a ring say to each other, on the route {@code quorum}. What is lost is asked again. Safe for use by many threads. */
final class QuorumWire {
    private static final Logger log = LoggerFactory.getLogger(QuorumWire.class);
    private static final String ROUTE = "quorum";

    private final Transport transport;
    private final BiConsumer<Address, QuorumMessage> receiver;
    private final IntConsumer treeBytes;

    /** {@code treeBytes} takes the size of each message of anti-entropy. */
    QuorumWire(Transport transport, BiConsumer<Address, QuorumMessage> receiver, IntConsumer treeBytes) {
        this.transport = transport;
        this.receiver = receiver;
        this.treeBytes = treeBytes;
    }

    /** Begins to listen. Throws {@link IllegalArgumentException} if the route is taken. */
    Registration open() {
        return transport.receive(ROUTE, this::receive);
    }

    /** Rows that are moved or compared give way to calls. */
    void send(Address to, QuorumMessage message) {
        byte[] bytes = QuorumMessageCodec.encode(message);
        boolean tree = TreeCodec.isOfTrees(message);
        if (tree) {
            treeBytes.accept(bytes.length);
        }
        Lane lane = tree || message instanceof QuorumMessage.Pulled ? Lane.BULK : Lane.CALL;
        transport.send(to, new Message(ROUTE, CallContext.EMPTY, bytes, lane)).whenComplete((done, failure) -> {
            if (failure != null) {
                log.debug("a message to {} is not sent: {}", to, failure.toString());
            }
        });
    }

    private void receive(Inbound inbound) {
        try {
            receiver.accept(inbound.peer().address(), QuorumMessageCodec.decode(inbound.payload()));
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }
}
