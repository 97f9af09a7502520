package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What replicas say to each other, on the route {@code crdt}. Safe for use by many threads. */
final class CrdtWire {
    private static final Logger log = LoggerFactory.getLogger(CrdtWire.class);
    private static final String ROUTE = "crdt";

    private final Transport transport;
    private final BiConsumer<Address, CrdtMessage> receiver;
    private final ObjIntConsumer<CrdtMessage> meter;

    CrdtWire(Transport transport, BiConsumer<Address, CrdtMessage> receiver, ObjIntConsumer<CrdtMessage> meter) {
        this.transport = transport;
        this.receiver = receiver;
        this.meter = meter;
    }

    /** Begins to listen. Throws {@link IllegalArgumentException} if the route is taken. */
    Registration open() {
        return transport.receive(ROUTE, this::receive);
    }

    void send(Address to, CrdtMessage message) {
        byte[] bytes = CrdtMessageCodec.encode(message);
        meter.accept(message, bytes.length);
        Lane lane = message instanceof CrdtMessage.Ack ? Lane.CALL : Lane.BULK;
        transport.send(to, new Message(ROUTE, CallContext.EMPTY, bytes, lane)).whenComplete((done, failure) -> {
            if (failure != null) {
                log.debug("a message to {} is not sent: {}", to, failure.toString());
            }
        });
    }

    private void receive(Inbound inbound) {
        try {
            receiver.accept(inbound.peer().address(), CrdtMessageCodec.decode(inbound.payload()));
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }
}
