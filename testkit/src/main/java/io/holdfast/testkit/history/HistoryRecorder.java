package io.holdfast.testkit.history;

import io.holdfast.core.env.MonotonicClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records the operations of many clients on one time line. Safe for use by many threads.
 *
 * <p>The order of events comes from one counter in this process and not from clocks. Clients in other processes are therefore driven from this one: begin here before the request
 * leaves, end here after the answer has come. An operation that was never ended counts as unknown.
 *
 * @param <I> the type of the inputs
 * @param <O> the type of the results
 */
public final class HistoryRecorder<I, O> {
    /** The operations a recorder holds at most. */
    public static final int MAX_OPERATIONS = 5_000_000;

    private final MonotonicClock clock;
    private final AtomicLong order = new AtomicLong();
    private final AtomicInteger size = new AtomicInteger();
    private final Queue<Pending> operations = new ConcurrentLinkedQueue<>();

    /**
     * A recorder without operations.
     *
     * @param clock the clock whose times are printed beside the order: that of the environment
     */
    public HistoryRecorder(MonotonicClock clock) {
        this.clock = clock;
    }

    /**
     * Begins an operation. Call it before the request is sent.
     *
     * @param process the client
     * @param key the object
     * @param input what is asked
     * @return the operation, to be ended once
     * @throws IllegalStateException if {@link #MAX_OPERATIONS} are recorded already; check the history in parts
     */
    public Pending invoke(int process, String key, I input) {
        if (size.incrementAndGet() > MAX_OPERATIONS) {
            size.decrementAndGet();
            throw new IllegalStateException("the recorder holds " + MAX_OPERATIONS
                    + " operations, its bound; check what it has and go on with a new one");
        }
        Pending pending = new Pending(process, key, input, order.incrementAndGet(), clock.nanoTime());
        operations.add(pending);
        return pending;
    }

    /**
     * What was recorded so far. Operations that are still open are unknown.
     *
     * @return the history
     */
    public History<I, O> history() {
        List<Operation<I, O>> all = new ArrayList<>();
        for (Pending pending : operations) {
            all.add(pending.operation());
        }
        return new History<>(all);
    }

    /** An operation that has begun. Exactly one of its methods is called, once, by any thread. */
    public final class Pending {
        private final Operation<I, O> open;
        private final AtomicReference<Operation<I, O>> current;

        private Pending(int process, String key, I input, long invoked, long nanos) {
            open = new Operation<>(
                    process, key, input, new Outcome.Unknown<>(), invoked, Operation.NEVER, nanos, Operation.NEVER);
            current = new AtomicReference<>(open);
        }

        /**
         * The operation was acknowledged. Call it after the answer has come.
         *
         * @param output what the client was told
         * @throws IllegalStateException if the operation was ended before
         */
        public void ok(O output) {
            end(new Outcome.Ok<>(output), order.incrementAndGet());
        }

        /**
         * The operation surely has no effect, now or later: a refusal, never a timeout.
         *
         * @throws IllegalStateException if the operation was ended before
         */
        public void failed() {
            end(new Outcome.Failed<>(), order.incrementAndGet());
        }

        /**
         * The outcome is unknown: a timeout, a lost connection.
         *
         * @throws IllegalStateException if the operation was ended before
         */
        public void unknown() {
            end(new Outcome.Unknown<>(), Operation.NEVER);
        }

        private void end(Outcome<O> outcome, long returned) {
            Operation<I, O> ended = new Operation<>(
                    open.process(),
                    open.key(),
                    open.input(),
                    outcome,
                    open.invoked(),
                    returned,
                    open.invokedNanos(),
                    clock.nanoTime());
            boolean first = current.compareAndSet(open, ended);
            if (!first) {
                throw new IllegalStateException("operation (" + current.get() + ") has ended already; end it once");
            }
        }

        private Operation<I, O> operation() {
            return current.get();
        }
    }
}
