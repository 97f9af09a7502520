package io.holdfast.replication.event;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One subscriber's demand, and what it is given: Reactive Streams 1.0.4, sections 2 and 3. One thread at a time drains, whoever asks for it. */
final class EventSubscription<E> implements Flow.Subscription {
    private static final int THREADS = 4;

    private final Feed<E> feed;
    private final Flow.Subscriber<? super LoggedEvent<E>> subscriber;
    private final HandlerThreads threads;
    private final AtomicLong demand = new AtomicLong();
    /** How many have asked for a drain since the present one began. */
    private final AtomicInteger asked = new AtomicInteger();

    private final Queue<LoggedEvent<E>> buffer = new ArrayDeque<>();
    private volatile @Nullable EventBatch<E> arrived;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;
    private boolean reading;

    private EventSubscription(
            Feed<E> feed, Flow.Subscriber<? super LoggedEvent<E>> subscriber, HandlerThreads threads) {
        this.feed = feed;
        this.subscriber = subscriber;
        this.threads = threads;
    }

    static <E> void start(EventLog<E> log, Feed<E> feed, Flow.Subscriber<? super LoggedEvent<E>> subscriber) {
        HandlerThreads threads =
                new HandlerThreads(log.environment(), "flow-" + log.name() + "-" + feed.partition(), THREADS);
        EventSubscription<E> subscription = new EventSubscription<>(feed, subscriber, threads);
        subscription.asked.set(1); // what is asked for in onSubscribe is given when that has returned (1.3)
        threads.run(() -> {
            subscriber.onSubscribe(subscription);
            subscription.drain();
        });
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            failure = new IllegalArgumentException(
                    "a subscriber must ask for 1 or more events, not " + count + " (Reactive Streams, 3.9)");
        } else {
            demand.accumulateAndGet(count, EventSubscription::sum);
        }
        wake();
    }

    private static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public void cancel() {
        ended = true;
        feed.close();
        threads.close();
    }

    private void wake() {
        if (!ended && asked.getAndIncrement() == 0) {
            threads.run(this::drain);
        }
    }

    private void drain() {
        int seen = asked.get();
        do {
            give();
            seen = asked.addAndGet(-seen);
        } while (seen > 0 && !ended);
    }

    private void give() {
        EventBatch<E> batch = arrived;
        if (batch != null) {
            arrived = null;
            reading = false;
            buffer.addAll(batch.events());
        }
        while (!ended && failure == null && demand.get() > 0 && !buffer.isEmpty()) {
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            subscriber.onNext(buffer.remove());
        }
        Throwable error = failure;
        if (error != null && !ended) {
            cancel();
            subscriber.onError(error);
        } else if (!ended && buffer.isEmpty() && !reading && demand.get() > 0) {
            reading = true;
            feed.next().whenComplete(this::read);
        }
    }

    private void read(@Nullable EventBatch<E> batch, @Nullable Throwable error) {
        if (error == null) {
            arrived = batch;
        } else {
            failure = HandlerThreads.cause(error);
        }
        wake();
    }
}
