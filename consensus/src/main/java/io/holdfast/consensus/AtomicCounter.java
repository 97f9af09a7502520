package io.holdfast.consensus;

import io.holdfast.consensus.primitive.CounterType;
import io.holdfast.consensus.primitive.CounterType.Change;
import io.holdfast.core.Check;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import java.util.concurrent.CompletionStage;

/**
 * A number that all nodes agree on, zero at first. Each acknowledged change was made exactly once, however often it had to be sent; reads are linearizable unless they ask for less.
 *
 * <p>Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or {@link io.holdfast.core.UnavailableException} (surely not done: try again),
 * {@link io.holdfast.core.UnknownOutcomeException} (it may have been done: read before trying again, or use {@link #compareAndSet}) and
 * {@link io.holdfast.consensus.session.RefusedException} (the result would leave the bounds, or 64 bits; nothing was changed). The blocking form waits until the running
 * {@link io.holdfast.core.call.CallContext}'s deadline, or five seconds. Safe for use by many threads.
 */
public final class AtomicCounter implements Linearizable {
    private final Resource resource;
    private final long min;
    private final long max;

    AtomicCounter(Resource resource, long min, long max) {
        Check.that(
                min <= 0 && max >= 0,
                "the bounds of counter %s (%d to %d) must include 0, with which it begins",
                resource.name(),
                min,
                max);
        this.resource = resource;
        this.min = min;
        this.max = max;
    }

    /**
     * The counter's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * Reads the value.
     *
     * @return the value
     */
    public long get() {
        return get(ReadConsistency.LINEARIZABLE);
    }

    /**
     * See {@link #get()}.
     *
     * @return the value
     */
    public CompletionStage<Long> getAsync() {
        return getAsync(ReadConsistency.LINEARIZABLE);
    }

    /**
     * Reads the value.
     *
     * @param consistency how fresh it must be
     * @return the value
     */
    public long get(ReadConsistency consistency) {
        return Waiting.await(() -> getAsync(consistency));
    }

    /**
     * See {@link #get(ReadConsistency)}.
     *
     * @param consistency how fresh it must be
     * @return the value
     */
    public CompletionStage<Long> getAsync(ReadConsistency consistency) {
        return resource.ask(CounterType.get(), consistency)
                .thenApply(payload -> Change.decode(payload).after());
    }

    /**
     * Adds.
     *
     * @param delta how much; may be negative
     * @return the new value
     */
    public long add(long delta) {
        return Waiting.await(() -> addAsync(delta));
    }

    /**
     * See {@link #add}.
     *
     * @param delta how much
     * @return the new value
     */
    public CompletionStage<Long> addAsync(long delta) {
        return change(CounterType.add(delta, min, max)).thenApply(Change::after);
    }

    /**
     * Sets the value.
     *
     * @param value the new value
     * @return the value before
     */
    public long getAndSet(long value) {
        return Waiting.await(() -> getAndSetAsync(value));
    }

    /**
     * See {@link #getAndSet}.
     *
     * @param value the new value
     * @return the value before
     */
    public CompletionStage<Long> getAndSetAsync(long value) {
        return change(CounterType.set(Check.between("value", value, min, max))).thenApply(Change::before);
    }

    /**
     * Sets the value if it is as expected.
     *
     * @param expected what it must be
     * @param value what it becomes
     * @return whether it was so
     */
    public boolean compareAndSet(long expected, long value) {
        return Waiting.await(() -> compareAndSetAsync(expected, value));
    }

    /**
     * See {@link #compareAndSet}.
     *
     * @param expected what it must be
     * @param value what it becomes
     * @return whether it was so
     */
    public CompletionStage<Boolean> compareAndSetAsync(long expected, long value) {
        return change(CounterType.compareAndSet(expected, Check.between("value", value, min, max)))
                .thenApply(Change::done);
    }

    private CompletionStage<Change> change(byte[] operation) {
        return resource.submit(operation).thenApply(Change::decode);
    }
}
