package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Message;
import io.netty.buffer.ByteBuf;

/** A request or stream of this node that waits for the other side, in the table of its connection by stream id. */
abstract class ClientExchange extends Outgoing {
    final OutboundWire wire;
    final Message message;
    int stream;

    ClientExchange(OutboundWire wire, Message message) {
        super(message.lane());
        this.wire = wire;
        this.message = message;
    }

    @Override
    final int size() {
        return message.payload().length + message.route().length() + 64;
    }

    @Override
    final void accepted() {
        if (!message.context().deadline().isNone()) {
            wire.io.addDeadline(this, message.context().deadline().nanos());
        }
    }

    /** The answer to a request. */
    abstract void onResponse(ByteBuf body);

    abstract void onItem(ByteBuf body);

    abstract void onEnd();

    /** The other side refused or failed; the exchange has left the table. */
    abstract void onError(HoldfastException reason);
}
