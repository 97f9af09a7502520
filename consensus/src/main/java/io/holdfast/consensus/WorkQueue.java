package io.holdfast.consensus;

import io.holdfast.consensus.primitive.QueueType;
import io.holdfast.consensus.primitive.QueueType.Counts;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Linearizable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A queue of work that survives those who do it. Items are taken in the order in which they were put. An item that was taken is invisible until it is {@linkplain WorkItem#ack
 * acknowledged}; if that does not come in time it stands at its old place again, so every item is delivered at least once, and to one taker at a time as long as they keep to their time.
 * An item that was delivered too often becomes a dead letter: nothing is dropped.
 *
 * <p>Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or {@link io.holdfast.core.UnavailableException} (surely not done: try again),
 * {@link io.holdfast.core.UnknownOutcomeException} (it may have been done: an item that was taken so comes back after its time; one that was put may be there twice if it is put again),
 * {@link io.holdfast.consensus.session.RefusedException} (the queue is full) and, when putting, {@link io.holdfast.core.CodecException} (the value is of another type). An item that was put
 * with another type is handed out all the same, so that it is not lost: only {@link WorkItem#value} fails. The blocking form waits until the running {@link CallContext}'s deadline, or five
 * seconds. Safe for use by many threads.
 *
 * @param <T> the items' type
 */
public final class WorkQueue<T> implements Linearizable {
    private final Resource resource;
    private final TypeCodec<T> codec;
    private final WorkQueueOptions options;

    WorkQueue(Resource resource, TypeCodec<T> codec, WorkQueueOptions options) {
        this.resource = resource;
        this.codec = codec;
        this.options = options;
    }

    /**
     * The queue's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * Puts an item behind all others.
     *
     * @param value the item, at most about 500 KiB
     * @return its number
     */
    public long put(@Nullable T value) {
        return Waiting.await(() -> putAsync(value));
    }

    /**
     * See {@link #put}.
     *
     * @param value the item
     * @return its number
     */
    public CompletionStage<Long> putAsync(@Nullable T value) {
        return resource.submit(QueueType.put(codec.encode(value), options.capacity(), options.maxDeliveries()))
                .thenApply(payload -> new ByteReader(payload).varlong());
    }

    /**
     * Takes the first item that is visible.
     *
     * @return the item, or empty if there is none
     */
    public Optional<WorkItem<T>> poll() {
        return Waiting.await(() -> pollAsync());
    }

    /**
     * See {@link #poll}.
     *
     * @return the item, or empty if there is none
     */
    public CompletionStage<Optional<WorkItem<T>>> pollAsync() {
        return taken(QueueType.take(options.visibility().toNanos()));
    }

    /**
     * Removes the first item that is visible: it is delivered once at most. If the taker fails, or the outcome is unknown, nobody else gets it.
     *
     * @return the item, settled already, or empty if there is none
     */
    public Optional<WorkItem<T>> remove() {
        return Waiting.await(() -> removeAsync());
    }

    /**
     * See {@link #remove}.
     *
     * @return the item, settled already, or empty if there is none
     */
    public CompletionStage<Optional<WorkItem<T>>> removeAsync() {
        return taken(QueueType.take(0));
    }

    private CompletionStage<Optional<WorkItem<T>>> taken(byte[] operation) {
        return resource.submit(operation)
                .thenApply(payload -> Optional.ofNullable(QueueType.Item.decode(payload))
                        .map(item -> new WorkItem<>(resource, item, codec)));
    }

    /**
     * Takes the first item that is visible, and waits for one. Nothing is sent while nothing happens.
     *
     * @param wait how long at most; the running call's deadline limits it too
     * @return the item, or empty if the time is over
     * @throws io.holdfast.core.CallCancelledException if the thread is interrupted while it waits; it takes nothing any more
     */
    public Optional<WorkItem<T>> poll(Duration wait) {
        return Waiting.awaitOrCancel(() -> pollAsync(wait), item -> item.ifPresent(WorkItem::nackAsync));
    }

    /**
     * See {@link #poll(Duration)}.
     *
     * @param wait how long at most
     * @return the item, or empty if the time is over. Cancelling the future ends the waiting; an item that was taken at that moment stands at its old place again, delivered once more
     */
    public CompletableFuture<Optional<WorkItem<T>>> pollAsync(Duration wait) {
        CallContext call = CallContext.current();
        Deadline until = Deadline.after(resource.nowNanos(), wait).earlier(call.deadline());
        QueuePoll<T> poll = new QueuePoll<>(this, resource, until);
        poll.take();
        return poll.result();
    }

    /**
     * Removes the first dead letter.
     *
     * @return the item, settled already, or empty if there is none
     */
    public Optional<WorkItem<T>> pollDead() {
        return Waiting.await(() -> pollDeadAsync());
    }

    /**
     * See {@link #pollDead}.
     *
     * @return the item, settled already, or empty if there is none
     */
    public CompletionStage<Optional<WorkItem<T>>> pollDeadAsync() {
        return taken(QueueType.takeDead());
    }

    /**
     * How many items there are.
     *
     * @param consistency how fresh the answer must be
     * @return the numbers
     */
    public Counts counts(ReadConsistency consistency) {
        return Waiting.await(() -> countsAsync(consistency));
    }

    /**
     * See {@link #counts}.
     *
     * @param consistency how fresh the answer must be
     * @return the numbers
     */
    public CompletionStage<Counts> countsAsync(ReadConsistency consistency) {
        return resource.ask(QueueType.count(), consistency).thenApply(Counts::decode);
    }
}
