package io.holdfast.consensus;

import io.holdfast.consensus.primitive.RefType;
import io.holdfast.consensus.primitive.RefType.Change;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Linearizable;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value that all nodes agree on, empty at first. Each acknowledged change was made exactly once; reads are linearizable unless they ask for less. Values are equal if their
 * encoded bytes are, and have at most about 500 KiB.
 *
 * <p>Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or {@link io.holdfast.core.UnavailableException} (surely not done: try again),
 * {@link io.holdfast.core.UnknownOutcomeException} (it may have been done: read before trying again), {@link io.holdfast.consensus.session.RefusedException} (the group is full) and
 * {@link CodecException} (the value is of another type). The blocking form waits until the running {@link io.holdfast.core.call.CallContext}'s deadline, or five seconds. Safe for use by
 * many threads.
 *
 * @param <T> the value's type
 */
public final class AtomicRef<T> implements Linearizable {
    private final Resource resource;
    private final TypeCodec<T> codec;

    AtomicRef(Resource resource, TypeCodec<T> codec) {
        this.resource = resource;
        this.codec = codec;
    }

    /**
     * The reference's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * Reads the value.
     *
     * @return the value, or empty
     */
    public Optional<T> get() {
        return get(ReadConsistency.LINEARIZABLE);
    }

    /**
     * See {@link #get()}.
     *
     * @return the value, or empty
     */
    public CompletionStage<Optional<T>> getAsync() {
        return getAsync(ReadConsistency.LINEARIZABLE);
    }

    /**
     * Reads the value.
     *
     * @param consistency how fresh it must be
     * @return the value, or empty
     */
    public Optional<T> get(ReadConsistency consistency) {
        return Waiting.await(() -> getAsync(consistency));
    }

    /**
     * See {@link #get(ReadConsistency)}.
     *
     * @param consistency how fresh it must be
     * @return the value, or empty
     */
    public CompletionStage<Optional<T>> getAsync(ReadConsistency consistency) {
        return resource.ask(RefType.get(), consistency)
                .thenApply(payload -> decoded(Change.decode(payload).before()));
    }

    /**
     * Sets the value.
     *
     * @param value the new value, or empty for none
     * @return the value before
     */
    public Optional<T> getAndSet(Optional<T> value) {
        return Waiting.await(() -> getAndSetAsync(value));
    }

    /**
     * See {@link #getAndSet}.
     *
     * @param value the new value, or empty for none
     * @return the value before
     */
    public CompletionStage<Optional<T>> getAndSetAsync(Optional<T> value) {
        return resource.submit(RefType.set(encoded(value)))
                .thenApply(payload -> decoded(Change.decode(payload).before()));
    }

    /**
     * Sets the value if it is as expected.
     *
     * @param expected what it must be, or empty for none
     * @param value what it becomes, or empty for none
     * @return whether it was so
     */
    public boolean compareAndSet(Optional<T> expected, Optional<T> value) {
        return Waiting.await(() -> compareAndSetAsync(expected, value));
    }

    /**
     * See {@link #compareAndSet}.
     *
     * @param expected what it must be, or empty for none
     * @param value what it becomes, or empty for none
     * @return whether it was so
     */
    public CompletionStage<Boolean> compareAndSetAsync(Optional<T> expected, Optional<T> value) {
        return exchange(
                        encoded(expected),
                        encoded(value),
                        resource.shared().waiting().deadline())
                .thenApply(Change::done);
    }

    private CompletionStage<Change> exchange(byte @Nullable [] expected, byte @Nullable [] value, Deadline deadline) {
        return resource.submit(RefType.compareAndSet(expected, value), deadline)
                .thenApply(answer -> Change.decode(answer.payload()));
    }

    /**
     * Changes the value by a function, again with the newer value if somebody was faster.
     *
     * @param change from the old value to the new one; may be called several times
     * @return the new value
     */
    public Optional<T> update(UnaryOperator<Optional<T>> change) {
        return Waiting.await(() -> updateAsync(change));
    }

    /**
     * See {@link #update}.
     *
     * @param change from the old value to the new one; may be called several times, and must not block
     * @return the new value
     */
    public CompletionStage<Optional<T>> updateAsync(UnaryOperator<Optional<T>> change) {
        Deadline deadline = resource.shared().waiting().deadline();
        return resource.ask(RefType.get(), ReadConsistency.LINEARIZABLE)
                .thenCompose(payload -> update(Change.decode(payload).before(), change, deadline));
    }

    private CompletionStage<Optional<T>> update(
            byte @Nullable [] seen, UnaryOperator<Optional<T>> change, Deadline deadline) {
        if (deadline.isExpired(resource.nowNanos())) {
            return CompletableFuture.failedFuture(new NotAppliedException("the update of " + name()
                    + " was not done before its deadline: others were faster each time; try again later"));
        }
        Optional<T> next = change.apply(decoded(seen));
        return exchange(seen, encoded(next), deadline)
                .thenCompose(outcome -> outcome.done()
                        ? CompletableFuture.completedFuture(next)
                        : update(outcome.before(), change, deadline));
    }

    private byte @Nullable [] encoded(Optional<T> value) {
        return value.isEmpty() ? null : codec.encode(value.get());
    }

    private Optional<T> decoded(byte @Nullable [] bytes) {
        return bytes == null ? Optional.empty() : Optional.ofNullable(codec.decode(bytes));
    }
}
