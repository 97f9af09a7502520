package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.transport.Lane;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a peer has opened. The publisher is asked for as much as the peer's subscriber wants, but for few items beyond those already written to the socket: a slow
 * link slows the publisher and fills no memory.
 */
final class ServerStream extends ServerWork implements Flow.Subscriber<byte[]> {
    /** Items asked of the publisher and not yet written, at most. */
    private static final int AHEAD = 32;

    private Flow.@Nullable Subscription subscription;
    private long credit;
    private long asked;
    private long written;
    private boolean over;

    ServerStream(InboundWire wire, int stream, Lane lane, int heldBytes, int credit) {
        super(wire, stream, lane, heldBytes);
        this.credit = credit;
    }

    // ---- signals of the publisher, from any thread

    @Override
    public void onSubscribe(Flow.Subscription value) {
        onLoop(() -> {
            if (over || subscription != null) {
                value.cancel();
                return;
            }
            subscription = value;
            ask();
        });
    }

    @Override
    public void onNext(byte[] item) {
        if (item.length > wire.maxAnswer()) {
            abort(new InvalidContractException(
                    "item (%d bytes) must be at most %d bytes; split it, or raise transport.max-frame-size on both nodes"
                            .formatted(item.length, wire.maxAnswer())));
        } else if (!wire.submit(new Item(item))) {
            abort(wire.full(lane));
        }
    }

    @Override
    public void onError(Throwable error) {
        end(
                error instanceof HoldfastException known
                        ? known
                        : new UnknownOutcomeException("the stream's publisher failed with %s; see that node's log"
                                .formatted(error.getClass().getSimpleName())));
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void abort(HoldfastException reason) {
        onLoop(() -> {
            if (!over) {
                cancelPublisher();
                end(reason);
            }
        });
    }

    private void end(@Nullable HoldfastException error) {
        if (!wire.submit(new End(error))) {
            wire.answerDropped(this);
        }
    }

    private void onLoop(Runnable task) {
        if (wire.io.isCurrent()) {
            task.run();
            return;
        }
        try {
            wire.io.execute(task);
        } catch (RejectedExecutionException transportIsClosed) {
            wire.runSafely(task);
        }
    }

    // ---- on the I/O thread

    @Override
    void onCredit(int items) {
        credit += items;
        ask();
    }

    private void ask() {
        Flow.Subscription current = subscription;
        long wanted = Math.min(credit, written + AHEAD) - asked;
        // in steps, so that each item does not cost a call; the last ones at once
        if (current != null && wanted > 0 && (wanted >= AHEAD / 4 || asked + wanted == credit || asked == written)) {
            asked += wanted;
            current.request(wanted);
        }
    }

    private void cancelPublisher() {
        Flow.Subscription current = subscription;
        if (current != null) {
            wire.runSafely(current::cancel);
        }
    }

    @Override
    void onGone() {
        if (!over) {
            over = true;
            cancelPublisher();
        }
    }

    @Override
    int size() {
        return 64;
    }

    @Override
    void write(FrameWriter out) {
        throw new IllegalStateException("a stream writes items and an end");
    }

    /** An item on its way. */
    private final class Item extends Outgoing {
        private final byte[] payload;

        Item(byte[] payload) {
            super(ServerStream.this.lane);
            this.payload = payload;
        }

        @Override
        int size() {
            return payload.length + 16;
        }

        @Override
        boolean wanted() {
            return !over;
        }

        @Override
        void write(FrameWriter out) {
            out.begin(FrameType.STREAM_ITEM).writeInt(stream);
            out.end(payload);
            written++;
            ask();
        }

        @Override
        void refuse(HoldfastException reason) {}

        @Override
        void onDeadline() {}
    }

    /** The end on its way, behind the items. */
    private final class End extends Outgoing {
        private final @Nullable HoldfastException error;

        End(@Nullable HoldfastException error) {
            super(ServerStream.this.lane);
            this.error = error;
        }

        @Override
        int size() {
            return 64;
        }

        @Override
        boolean wanted() {
            return !over;
        }

        @Override
        void write(FrameWriter out) {
            over = true;
            wire.finish(ServerStream.this);
            if (error == null) {
                out.begin(FrameType.STREAM_END).writeInt(stream);
                out.end();
            } else {
                WireErrors.write(stream, error, out);
            }
        }

        @Override
        void refuse(HoldfastException reason) {}

        @Override
        void onDeadline() {}
    }
}
