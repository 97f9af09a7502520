package io.holdfast.transport.netty;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.transport.Message;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** A request of this node. */
final class ClientCall extends ClientExchange {
    final Answer answer = new Answer();

    ClientCall(OutboundWire wire, Message message) {
        super(wire, message);
    }

    @Override
    boolean wanted() {
        return !answer.isDone();
    }

    @Override
    void write(FrameWriter out) {
        if (!wire.open(this)) {
            return;
        }
        out.begin(FrameType.REQUEST).writeInt(stream).writeByte(message.lane().ordinal());
        wire.writeEnvelope(message, out);
    }

    @Override
    void refuse(HoldfastException reason) {
        answer.completeExceptionally(reason);
    }

    @Override
    void onDeadline() {
        wire.forget(this);
        answer.completeExceptionally(new DeadlineExceededException(
                "no answer from %s on route %s within the deadline; allow more time, or find what is slow there"
                        .formatted(wire.peerName(), message.route())));
    }

    @Override
    void onResponse(ByteBuf body) {
        answer.complete(Wire.bytes(body));
    }

    @Override
    void onItem(ByteBuf body) {
        throw new ProtocolException("stream %d is a request, but an item came".formatted(stream));
    }

    @Override
    void onEnd() {
        throw new ProtocolException("stream %d is a request, but an end came".formatted(stream));
    }

    @Override
    void onError(HoldfastException reason) {
        answer.completeExceptionally(reason);
    }

    private void onCancel() {
        wire.io.removeDeadline(this);
        boolean expired = message.context().deadline().isExpired(wire.io.now());
        if (wire.forget(this) && !expired) { // the other side's own deadline ends it, and says there why it ended
            wire.submit(ControlFrame.cancel(stream));
        }
    }

    /** The caller's end. */
    final class Answer extends CompletableFuture<byte[]> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                try {
                    wire.io.execute(ClientCall.this::onCancel);
                } catch (RejectedExecutionException transportIsClosed) {
                    return true;
                }
            }
            return cancelled;
        }
    }
}
