package io.holdfast.transport.netty;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Message;
import java.util.concurrent.CompletableFuture;

/** A message without an answer. */
final class OneWayMessage extends Outgoing {
    final CompletableFuture<Void> written = new CompletableFuture<>();
    private final OutboundWire wire;
    private final Message message;

    OneWayMessage(OutboundWire wire, Message message) {
        super(message.lane());
        this.wire = wire;
        this.message = message;
    }

    @Override
    int size() {
        return message.payload().length + message.route().length() + 64;
    }

    @Override
    void accepted() {
        if (!message.context().deadline().isNone()) {
            wire.io.addDeadline(this, message.context().deadline().nanos());
        }
    }

    @Override
    boolean wanted() {
        return !written.isDone();
    }

    @Override
    void write(FrameWriter out) {
        wire.io.removeDeadline(this);
        HoldfastException tooLarge = wire.tooLarge(message);
        if (tooLarge != null) {
            refuse(tooLarge);
            return;
        }
        out.begin(FrameType.ONE_WAY);
        wire.writeEnvelope(message, out);
        written.complete(null);
    }

    @Override
    void refuse(HoldfastException reason) {
        written.completeExceptionally(reason);
    }

    @Override
    void onDeadline() {
        written.completeExceptionally(new DeadlineExceededException(
                "the message on route %s to %s was not written within its deadline; nothing was sent"
                        .formatted(message.route(), wire.peerName())));
    }
}
