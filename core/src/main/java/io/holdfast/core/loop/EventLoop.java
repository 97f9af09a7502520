package io.holdfast.core.loop;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only thread of a {@link Protocol}: one bounded mailbox, one turn at a time, the clock read once a turn, effects carried out in the order persist, send, schedule, publish.
 *
 * <p>All methods are safe for use by many threads. A message that finds the mailbox full is dropped and counted, as the network might have done; a request is refused.
 *
 * @param <Q> the application's requests
 * @param <M> the messages between nodes
 * @param <T> the timers
 * @param <E> the events
 */
public final class EventLoop<Q, M, T, E> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /** How many turns are taken from the mailbox at once. */
    private static final int MAX_BATCH = 64;

    private interface Turn<M, T, E> {
        void run(long nowNanos, Outbox<M, T, E> out);
    }

    private final String name;
    private final Protocol<Q, M, T, E> protocol;
    private final Environment environment;
    private final DurableCells cells;
    private final BiConsumer<Address, M> sender;
    private final Consumer<E> publisher;
    private final Runnable afterTurns;
    private final int capacity;
    private final Outbox<M, T, E> out = new Outbox<>();
    private final Queue<Turn<M, T, E>> mailbox = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean closed;
    private long dropped;
    private volatile @Nullable Thread thread;

    private EventLoop(Builder<Q, M, T, E> builder) {
        this.name = builder.name;
        this.protocol = builder.protocol;
        this.environment = builder.environment;
        this.cells = builder.cells;
        this.sender = builder.sender;
        this.publisher = builder.publisher;
        this.afterTurns = builder.afterTurns;
        this.capacity = builder.capacity;
    }

    /**
     * Begins to describe a loop.
     *
     * @param name the thread's name
     * @param protocol the protocol
     * @param environment time and threads
     * @param <Q> the application's requests
     * @param <M> the messages between nodes
     * @param <T> the timers
     * @param <E> the events
     * @return a builder
     */
    public static <Q, M, T, E> Builder<Q, M, T, E> of(
            String name, Protocol<Q, M, T, E> protocol, Environment environment) {
        return new Builder<>(name, protocol, environment);
    }

    /**
     * Hands the protocol a request of the application; does nothing once the loop is closed.
     *
     * @param request the request
     * @throws OverloadedException if the mailbox is full
     */
    public void request(Q request) {
        if (!offer((now, box) -> protocol.onRequest(request, now, box))) {
            throw new OverloadedException(
                    "the mailbox of " + name + " holds " + capacity + " tasks, its limit; slow the caller down",
                    Duration.ofMillis(100));
        }
    }

    /**
     * Hands the protocol a message of another node; drops it if the mailbox is full or the loop is closed.
     *
     * @param from the sender's listening address
     * @param message the message
     */
    public void deliver(Address from, M message) {
        offer((now, box) -> protocol.onMessage(from, message, now, box));
    }

    /**
     * How many messages were dropped because the mailbox was full.
     *
     * @return a count since the start
     */
    public long dropped() {
        synchronized (mailbox) {
            return dropped;
        }
    }

    private boolean offer(Turn<M, T, E> turn) {
        synchronized (mailbox) {
            if (closed) {
                return true;
            }
            if (mailbox.size() >= capacity) {
                dropped++;
                return false;
            }
            add(turn);
            return true;
        }
    }

    /** A timer must never be lost, so it may pass the bound; the number of timers is the protocol's own. */
    private void wake(T timer) {
        synchronized (mailbox) {
            if (!closed) {
                add((now, box) -> protocol.onTimer(timer, now, box));
            }
        }
    }

    private void add(Turn<M, T, E> turn) {
        mailbox.add(turn);
        mailbox.notifyAll();
    }

    private void run() {
        thread = Thread.currentThread();
        try {
            turn(protocol::onStart);
            guarded("batch", afterTurns);
            List<Turn<M, T, E>> batch = new ArrayList<>(MAX_BATCH);
            while (take(batch)) {
                batch.forEach(this::turn);
                guarded("batch", afterTurns);
            }
        } finally {
            stopped.countDown();
        }
    }

    /** Takes what waits, up to a bound: the lock is taken once for all of it. Returns false when the loop is closed and nothing waits. */
    private boolean take(List<Turn<M, T, E>> batch) {
        batch.clear();
        synchronized (mailbox) {
            while (mailbox.isEmpty() && !closed) {
                try {
                    mailbox.wait();
                } catch (InterruptedException e) {
                    log.warn("{}: its thread was interrupted, by a sender or listener perhaps; it goes on", name, e);
                }
            }
            while (batch.size() < MAX_BATCH && !mailbox.isEmpty()) {
                batch.add(mailbox.remove());
            }
            return !batch.isEmpty();
        }
    }

    /** Timers are set whatever fails: they stay inside, and a protocol that waits for one that was dropped would stand still for ever. */
    private void turn(Turn<M, T, E> turn) {
        long now = environment.clock().nanoTime();
        try {
            boolean done = ran(turn, now) && persisted();
            if (done) {
                out.sends().forEach(send -> guarded("send", () -> sender.accept(send.to(), send.message())));
            }
            out.wakes().forEach(wake -> guarded("timer", () -> schedule(wake, now)));
            if (done) {
                out.events().forEach(event -> guarded("publish", () -> publisher.accept(event)));
            }
        } finally {
            out.clear();
        }
    }

    private boolean ran(Turn<M, T, E> turn, long now) {
        try {
            turn.run(now, out);
            return true;
        } catch (RuntimeException | Error e) {
            log.error("{}: a turn failed, only its timers are set; the protocol goes on", name, e);
            return false;
        }
    }

    /** Whether all is on disk that must be there before anything of the turn is seen outside. */
    private boolean persisted() {
        try {
            out.writes().forEach(write -> cells.write(write.cell(), write.value()));
            return true;
        } catch (RuntimeException | Error e) {
            log.error(
                    "{}: a durable cell could not be written, nothing of this turn is sent; the protocol goes on",
                    name,
                    e);
            return false;
        }
    }

    /** One receiver or listener that fails must not cost the others their message, nor the protocol its timers. */
    private void guarded(String effect, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("{}: one {} of a turn failed; the others go on", name, effect, e);
        }
    }

    private void schedule(Outbox.Wake<T> wake, long now) {
        environment.scheduler().schedule(Duration.ofNanos(wake.deadlineNanos() - now), () -> wake(wake.timer()));
    }

    /** Takes no more work, carries out what waits in the mailbox, and returns when the thread has ended; called by that thread itself, at once. */
    @Override
    public void close() {
        synchronized (mailbox) {
            closed = true;
            mailbox.notifyAll();
        }
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Describes a loop. For use by one thread.
     *
     * @param <Q> the application's requests
     * @param <M> the messages between nodes
     * @param <T> the timers
     * @param <E> the events
     */
    public static final class Builder<Q, M, T, E> {
        private final String name;
        private final Protocol<Q, M, T, E> protocol;
        private final Environment environment;
        private DurableCells cells = DurableCells.inMemory();
        private BiConsumer<Address, M> sender = (to, message) -> {};
        private Consumer<E> publisher = event -> {};
        private Runnable afterTurns = () -> {};
        private int capacity = 16_384;

        private Builder(String name, Protocol<Q, M, T, E> protocol, Environment environment) {
            this.name = name;
            this.protocol = protocol;
            this.environment = environment;
        }

        /**
         * Where durable cells are written; by default in memory.
         *
         * @param value the cells
         * @return this
         */
        public Builder<Q, M, T, E> cells(DurableCells value) {
            cells = value;
            return this;
        }

        /**
         * What sends messages; by default they are dropped. It must not block.
         *
         * @param value takes the receiver's address and the message
         * @return this
         */
        public Builder<Q, M, T, E> sender(BiConsumer<Address, M> value) {
            sender = value;
            return this;
        }

        /**
         * What is called on the loop's thread when the turns that waited together are over, 64 at most: a sender that gathers messages sends them then. It must not block.
         *
         * @param value the task
         * @return this
         */
        public Builder<Q, M, T, E> afterTurns(Runnable value) {
            afterTurns = value;
            return this;
        }

        /**
         * Who hears events; by default nobody. It must not block.
         *
         * @param value takes an event
         * @return this
         */
        public Builder<Q, M, T, E> publisher(Consumer<E> value) {
            publisher = value;
            return this;
        }

        /**
         * How many requests and messages may wait.
         *
         * @param value at least 1
         * @return this
         */
        public Builder<Q, M, T, E> capacity(int value) {
            capacity = (int) Check.between("event loop capacity", value, 1, 1_000_000);
            return this;
        }

        /**
         * Starts the thread.
         *
         * @return the running loop
         */
        public EventLoop<Q, M, T, E> start() {
            EventLoop<Q, M, T, E> loop = new EventLoop<>(this);
            environment.threads().start(name, loop::run);
            return loop;
        }
    }
}
