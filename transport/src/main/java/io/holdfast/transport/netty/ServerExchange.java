package io.holdfast.transport.netty;

import io.holdfast.core.Check;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A request that a peer waits for. {@link #reply}, {@link #fail} and {@link #onCancel} are for any thread. */
final class ServerExchange extends ServerWork implements Exchange {
    private static final int WAITING = 0;
    private static final int ANSWERED = 1;
    private static final AtomicIntegerFieldUpdater<ServerExchange> STATE =
            AtomicIntegerFieldUpdater.newUpdater(ServerExchange.class, "state");

    private final Inbound request;
    private volatile int state = WAITING;
    private byte @Nullable [] payload;
    private @Nullable HoldfastException failure;

    /** On the I/O thread: the peer was answered, or does not wait any more. */
    private boolean over;

    /** Guarded by this. */
    private @Nullable List<Runnable> cancelTasks;

    private boolean gone;

    ServerExchange(InboundWire wire, int stream, Lane lane, Inbound request) {
        super(wire, stream, lane, request.payload().length);
        this.request = request;
    }

    @Override
    public Inbound request() {
        return request;
    }

    @Override
    public void reply(byte[] answer) {
        if (STATE.compareAndSet(this, WAITING, ANSWERED)) {
            if (answer.length > wire.maxAnswer()) {
                failure = new InvalidContractException(
                        "answer (%d bytes) must be at most %d bytes; split it, or raise transport.max-frame-size on both nodes"
                                .formatted(answer.length, wire.maxAnswer()));
            } else {
                payload = answer;
            }
            submit();
        }
    }

    @Override
    public void fail(HoldfastException reason) {
        if (STATE.compareAndSet(this, WAITING, ANSWERED)) {
            failure = reason;
            submit();
        }
    }

    private void submit() {
        if (!wire.submit(this)) {
            wire.answerDropped(this);
        }
    }

    /** The lane is full: what is left is to say so, in a few bytes. */
    void replaceBy(HoldfastException reason) {
        payload = null;
        failure = reason;
    }

    boolean isAnswered() {
        return state == ANSWERED;
    }

    @Override
    public void onCancel(Runnable task) {
        boolean now;
        synchronized (this) {
            now = gone;
            if (!now) {
                if (cancelTasks == null) {
                    cancelTasks = new ArrayList<>(1);
                }
                Check.that(cancelTasks.size() < 16, "onCancel was called %d times; 16 tasks are the bound", 17);
                cancelTasks.add(task);
            }
        }
        if (now) {
            try {
                wire.io.execute(task);
            } catch (RejectedExecutionException transportIsClosed) {
                task.run();
            }
        }
    }

    @Override
    int size() {
        byte[] bytes = payload;
        return bytes == null ? 64 : bytes.length + 16;
    }

    @Override
    boolean wanted() {
        return !over;
    }

    @Override
    void write(FrameWriter out) {
        over = true;
        wire.finish(this);
        HoldfastException error = failure;
        byte[] bytes = payload;
        if (error != null) {
            WireErrors.write(stream, error, out);
        } else if (bytes != null) {
            out.begin(FrameType.RESPONSE).writeInt(stream);
            out.end(bytes);
        }
    }

    @Override
    void onGone() {
        over = true;
        List<Runnable> tasks;
        synchronized (this) {
            if (gone || isAnswered()) {
                gone = true;
                return;
            }
            gone = true;
            tasks = cancelTasks == null ? List.of() : cancelTasks;
            cancelTasks = null;
        }
        for (Runnable task : tasks) {
            wire.runSafely(task);
        }
    }

    @Override
    void onCredit(int items) {
        throw new ProtocolException("stream %d is a request, but credit came".formatted(stream));
    }
}
