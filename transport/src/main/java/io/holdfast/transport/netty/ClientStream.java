package io.holdfast.transport.netty;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.transport.Message;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream that this node has opened. Signals come on the connection's I/O thread. */
final class ClientStream extends ClientExchange {
    /** The far side is given credit for at most this many items at a time, however much is wanted. */
    private static final int WINDOW = 256;

    private static final Logger log = LoggerFactory.getLogger(ClientStream.class);

    private final Flow.Subscriber<? super byte[]> subscriber;

    /** What the subscriber has wanted in all; {@link Long#MAX_VALUE} is without end. */
    private final AtomicLong demand;

    private long granted;
    private long received;
    private volatile boolean over;

    ClientStream(OutboundWire wire, Message message, Flow.Subscriber<? super byte[]> subscriber, AtomicLong demand) {
        super(wire, message);
        this.subscriber = subscriber;
        this.demand = demand;
    }

    @Override
    boolean wanted() {
        return !over;
    }

    @Override
    void write(FrameWriter out) {
        if (!wire.open(this)) {
            return;
        }
        granted = Math.min(demand.get(), WINDOW);
        out.begin(FrameType.STREAM_OPEN)
                .writeInt(stream)
                .writeByte(message.lane().ordinal())
                .writeInt((int) granted);
        wire.writeEnvelope(message, out);
    }

    /** Passes demand on, on the I/O thread: in steps of half a window, so that each item does not cost a frame. */
    void grant() {
        if (over || stream == 0) {
            return;
        }
        long more = Math.min(demand.get(), received + WINDOW) - granted;
        if (more > 0 && (more >= WINDOW / 2 || granted == received || granted + more == demand.get())) {
            granted += more;
            wire.submit(ControlFrame.credit(stream, (int) more));
        }
    }

    /** The subscriber wants no more, on the I/O thread. */
    void cancel() {
        if (over) {
            return;
        }
        over = true;
        wire.io.removeDeadline(this);
        if (wire.forget(this)) {
            wire.submit(ControlFrame.cancel(stream));
        }
    }

    @Override
    void onItem(ByteBuf body) {
        if (received >= granted) {
            throw new ProtocolException("stream %d sent more items than its credit of %d".formatted(stream, granted));
        }
        received++;
        byte[] item = Wire.bytes(body);
        if (!over) {
            signal(() -> subscriber.onNext(item));
            grant();
        }
    }

    /** A subscriber that throws loses its stream; the connection goes on. */
    private void signal(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            log.error("the subscriber of route {} failed; its stream is cancelled", message.route(), e);
            cancel();
        }
    }

    @Override
    void onEnd() {
        if (!over) {
            over = true;
            signal(subscriber::onComplete);
        }
    }

    @Override
    void onError(HoldfastException reason) {
        if (!over) {
            over = true;
            signal(() -> subscriber.onError(reason));
        }
    }

    @Override
    void refuse(HoldfastException reason) {
        onError(reason);
    }

    @Override
    void onDeadline() {
        if (wire.forget(this)) {
            wire.submit(ControlFrame.cancel(stream));
        }
        onError(new DeadlineExceededException(
                "the stream on route %s from %s did not end within its deadline; allow more time"
                        .formatted(message.route(), wire.peerName())));
    }

    @Override
    void onResponse(ByteBuf body) {
        throw new ProtocolException("stream %d is a stream, but a response came".formatted(stream));
    }
}
