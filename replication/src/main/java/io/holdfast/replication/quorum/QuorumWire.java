package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the nodes of a ring say to each other, on the route {@code quorum}. What is lost is asked again. Messages of calls that wait together travel in one frame for each node. Only the loop's thread sends; any may do the
 * rest.
 */
final class QuorumWire {
    private static final Logger log = LoggerFactory.getLogger(QuorumWire.class);
    private static final String ROUTE = "quorum";

    /** A frame is sent when it is so long, whatever else may follow. */
    private static final int FRAME_BYTES = 64 << 10;

    private static final class Gathered {
        final List<byte[]> messages = new ArrayList<>();
        int bytes;
    }

    private final Transport transport;
    private final BiConsumer<Address, QuorumMessage> receiver;
    private final IntConsumer treeBytes;
    private final Map<Address, Gathered> gathered = new HashMap<>(); // as many as there are nodes

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

    /** Rows that are moved or compared give way to calls; a call's message is sent by {@link #flush}. */
    void send(Address to, QuorumMessage message) {
        byte[] bytes = QuorumMessageCodec.encode(message);
        if (TreeCodec.isOfTrees(message)) {
            treeBytes.accept(bytes.length);
            post(to, bytes, Lane.BULK);
        } else if (message instanceof QuorumMessage.Pulled) {
            post(to, bytes, Lane.BULK);
        } else {
            gather(to, bytes);
        }
    }

    private void gather(Address to, byte[] bytes) {
        Gathered frame = gathered.computeIfAbsent(to, each -> new Gathered());
        if (frame.bytes + bytes.length > FRAME_BYTES) {
            post(to, frame);
        }
        frame.messages.add(bytes);
        frame.bytes += bytes.length;
    }

    /** Sends what was gathered. */
    void flush() {
        gathered.forEach(this::post);
    }

    private void post(Address to, Gathered frame) {
        if (!frame.messages.isEmpty()) {
            post(to, QuorumMessageCodec.together(frame.messages), Lane.CALL);
            frame.messages.clear();
            frame.bytes = 0;
        }
    }

    private void post(Address to, byte[] bytes, Lane lane) {
        transport.send(to, new Message(ROUTE, CallContext.EMPTY, bytes, lane)).whenComplete((done, failure) -> {
            if (failure != null) {
                log.debug("a message to {} is not sent: {}", to, failure.toString());
            }
        });
    }

    private void receive(Inbound inbound) {
        try {
            Address from = inbound.peer().address();
            for (byte[] message : QuorumMessageCodec.apart(inbound.payload())) {
                receiver.accept(from, QuorumMessageCodec.decode(message));
            }
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }
}
