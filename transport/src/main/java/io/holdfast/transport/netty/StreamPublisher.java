package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Message;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A stream that is opened by the first demand of its one subscriber. Safe for use by many threads. */
final class StreamPublisher implements Flow.Publisher<byte[]> {
    private final Supplier<OutboundWire> wires;
    private final Message message;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    StreamPublisher(Supplier<OutboundWire> wires, Message message) {
        this.wires = wires;
        this.message = message;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(new Nothing());
            subscriber.onError(new IllegalStateException("a stream takes one subscriber; open another stream"));
            return;
        }
        subscriber.onSubscribe(new Demand(subscriber));
    }

    private static final class Nothing implements Flow.Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }

    private final class Demand implements Flow.Subscription {
        private final Flow.Subscriber<? super byte[]> subscriber;
        private final AtomicLong demand = new AtomicLong();
        private @Nullable ClientStream stream;
        private boolean cancelled;

        Demand(Flow.Subscriber<? super byte[]> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                cancel();
                subscriber.onError(new IllegalArgumentException(
                        "demand (" + n + ") must be positive (Reactive Streams, rule 3.9)"));
                return;
            }
            demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
            ClientStream opened;
            synchronized (this) {
                if (cancelled) {
                    return;
                }
                opened = stream;
            }
            if (opened == null) {
                open();
            } else {
                execute(opened, opened::grant);
            }
        }

        private void open() {
            ClientStream made;
            try {
                OutboundWire wire = wires.get();
                synchronized (this) {
                    if (cancelled || stream != null) {
                        return;
                    }
                    made = new ClientStream(wire, message, subscriber, demand);
                    stream = made;
                }
                if (!wire.submit(made)) {
                    made.refuse(wire.full(message.lane()));
                }
            } catch (HoldfastException e) {
                synchronized (this) {
                    cancelled = true;
                }
                subscriber.onError(e);
            }
        }

        @Override
        public void cancel() {
            ClientStream opened;
            synchronized (this) {
                cancelled = true;
                opened = stream;
            }
            if (opened != null) {
                execute(opened, opened::cancel);
            }
        }

        private void execute(ClientStream opened, Runnable task) {
            if (opened.wire.io.isCurrent()) {
                task.run();
                return;
            }
            try {
                opened.wire.io.execute(task);
            } catch (RejectedExecutionException transportIsClosed) {
                // the stream has ended with its connection
                return;
            }
        }
    }
}
