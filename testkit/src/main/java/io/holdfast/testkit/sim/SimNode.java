package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link SimWorld}: its protocol, its clocks, its disk, and what can befall it.
 *
 * @param <P> the protocol
 * @param <Q> the application's requests
 * @param <M> the messages between nodes
 * @param <T> the timers
 * @param <E> the events
 */
public final class SimNode<P extends Protocol<Q, M, T, E>, Q, M, T, E> {
    /** As in production: the bound of the mailbox. */
    private static final int MAILBOX = 16_384;

    private final SimWorld<P, Q, M, T, E> world;
    private final String name;
    private final int index;
    private final Address address;
    private final SplittableRandom chance;
    private final Queue<Turn> backlog = new ArrayDeque<>();
    private SimCells cells;
    private @Nullable P protocol;
    private SimEnvironment environment;
    private Outbox<M, T, E> out = new Outbox<>();
    private int life;
    private boolean paused;
    private boolean crashNextWrite;
    private long starvationNanos;
    private long busyUntil;
    private int mailbox;

    SimNode(SimWorld<P, Q, M, T, E> world, String name, int index) {
        this.world = world;
        this.name = name;
        this.index = index;
        this.address = Address.of(name, SimNetwork.PORT);
        this.chance = Seeds.random(world.seed(), "faults", name);
        this.cells = new SimCells(name);
        this.environment = newEnvironment();
    }

    /**
     * The node's name.
     *
     * @return the id
     */
    public NodeId id() {
        return NodeId.of(name);
    }

    /**
     * Where the node listens.
     *
     * @return the address
     */
    public Address address() {
        return address;
    }

    /**
     * The protocol of the node's present life.
     *
     * @return the protocol
     * @throws IllegalStateException if the node is down
     */
    public P protocol() {
        if (protocol == null) {
            throw new IllegalStateException("node " + name + " is down; ask isUp() or restart it first");
        }
        return protocol;
    }

    /**
     * Whether the node runs; a paused node does.
     *
     * @return false after a kill
     */
    public boolean isUp() {
        return protocol != null;
    }

    /**
     * Whether the node is paused.
     *
     * @return true between pause and resume
     */
    public boolean isPaused() {
        return paused;
    }

    /**
     * The clocks of the node's present life.
     *
     * @return the clock, to read it or to make it jump
     */
    public SimClock clock() {
        return environment.clock();
    }

    /**
     * What the node published.
     *
     * @return the events of all its lives, in order
     */
    public List<Published<E>> published() {
        return world.published().stream().filter(p -> p.node().equals(name)).toList();
    }

    /**
     * Hands the protocol a request of its application, at this instant; it is dealt with when time advances.
     *
     * @param request the request
     * @throws IllegalStateException if the node is down
     */
    public void request(Q request) {
        protocol();
        submit(world.now(), Trace.Kind.REQUEST, -1, request);
    }

    /** Ends the process at once, as SIGKILL does. What was persisted stays; peers may get a hint. Nothing happens if it is down. */
    public void kill() {
        if (protocol == null) {
            return;
        }
        world.trace().record(world.now(), Trace.Kind.KILL, name, -1, null);
        protocol = null;
        environment.close();
        backlog.clear();
        paused = false;
        crashNextWrite = false;
        world.connectionsClosed(index);
    }

    /** Ends the process in the middle of its next turn that persists something: before or after the write, by chance, and before anything is sent. {@link SimWorld#heal} takes it back. */
    public void crashAtNextWrite() {
        crashNextWrite = true;
    }

    void crashNoMore() {
        crashNextWrite = false;
    }

    /**
     * Lets every write to the disk fail, or succeed again.
     *
     * @param value true lets them fail
     */
    public void failWrites(boolean value) {
        cells.failing(value);
    }

    /** Starts the process anew with the disk as it is; ends it first if it runs. */
    public void restart() {
        kill();
        life++;
        mailbox = 0;
        busyUntil = 0;
        out = new Outbox<>();
        environment = newEnvironment();
        protocol = world.create(new SimHost(id(), address, life, environment, cells, world.planned()));
        submit(world.now(), Trace.Kind.START, -1, null);
    }

    /** Starts the process anew with an empty disk. */
    public void restartEmpty() {
        kill();
        cells = new SimCells(name);
        restart();
    }

    /** Stops the process as SIGSTOP does: messages and timers wait, and time passes. */
    public void pause() {
        if (protocol != null && !paused) {
            paused = true;
            world.trace().record(world.now(), Trace.Kind.PAUSE, name, -1, null);
        }
    }

    /** Lets a paused process go on: all that waited is dealt with at once, timers and messages each in order, interleaved by chance. */
    public void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        world.trace().record(world.now(), Trace.Kind.RESUME, name, -1, null);
        Queue<Turn> timers = new ArrayDeque<>();
        Queue<Turn> others = new ArrayDeque<>();
        backlog.forEach(turn -> (turn.kind == Trace.Kind.TIMER ? timers : others).add(turn));
        backlog.clear();
        while (!timers.isEmpty() || !others.isEmpty()) {
            boolean timer = others.isEmpty() || (!timers.isEmpty() && chance.nextBoolean());
            Turn next = timer ? timers.remove() : others.remove();
            world.kernel().add(world.now(), next);
        }
    }

    /**
     * Takes the processor away: each turn takes so long on average, so turns queue behind each other.
     *
     * @param perTurn the mean time of a turn; zero ends the starvation
     */
    public void starve(Duration perTurn) {
        starvationNanos = Check.notNegative("starvation per turn", perTurn).toNanos();
    }

    String name() {
        return name;
    }

    int life() {
        return life;
    }

    void submit(long at, Trace.Kind kind, int from, @Nullable Object payload) {
        world.kernel().add(at, new Turn(this, kind, from, payload));
    }

    private SimEnvironment newEnvironment() {
        long seed = Seeds.derive(world.seed(), name, Integer.toString(life));
        return new SimEnvironment(world.kernel(), seed, task -> new Turn(this, Trace.Kind.TASK, -1, task));
    }

    /** Something that is to be dealt with in one turn of the protocol, in this life of the node only. */
    private static final class Turn extends Kernel.Event {
        private final SimNode<?, ?, ?, ?, ?> node;
        private final Trace.Kind kind;
        private final int life;
        private final int from;
        private final @Nullable Object payload;
        private long deadline;
        private boolean waited;

        Turn(SimNode<?, ?, ?, ?, ?> node, Trace.Kind kind, int from, @Nullable Object payload) {
            this.node = node;
            this.kind = kind;
            this.life = node.life;
            this.from = from;
            this.payload = payload;
        }

        @Override
        long retimed(long at) {
            return kind == Trace.Kind.TIMER && !waited && life == node.life
                    ? node.clock().worldTime(deadline)
                    : at;
        }

        @Override
        void fire() {
            node.admit(this);
        }
    }

    private void admit(Turn turn) {
        if (turn.life != life || protocol == null) {
            if (turn.kind == Trace.Kind.MESSAGE) {
                world.network().countLost();
            }
            return;
        }
        if (turn.kind == Trace.Kind.MESSAGE && !turn.waited && world.network().isCut(turn.from, index)) {
            world.network().countLost();
            return;
        }
        if (paused || (starvationNanos > 0 && !turn.waited)) {
            await(turn);
            return;
        }
        if (turn.waited) {
            mailbox--;
        }
        take(turn, protocol);
    }

    /** Messages beyond the bound of the mailbox are dropped, as the event loop does; timers never are. */
    private void await(Turn turn) {
        if (!turn.waited) {
            if (turn.kind == Trace.Kind.MESSAGE && mailbox >= MAILBOX) {
                world.network().countLost();
                return;
            }
            turn.waited = true;
            mailbox++;
        }
        if (paused) {
            backlog.add(turn);
        } else {
            busyUntil = Math.max(busyUntil, world.now()) + chance.nextLong(2 * starvationNanos + 1);
            world.kernel().add(busyUntil, turn);
        }
    }

    @SuppressWarnings("unchecked") // a turn holds what the typed methods of this node put into it
    private void take(Turn turn, P running) {
        long now = environment.clock().nanoTime();
        Outbox<M, T, E> effects = out;
        world.trace().record(world.now(), turn.kind, name, turn.from, turn.payload);
        Object payload = turn.payload;
        switch (turn.kind) {
            case START -> running.onStart(now, effects);
            case REQUEST -> running.onRequest((Q) Objects.requireNonNull(payload), now, effects);
            case MESSAGE ->
                running.onMessage(world.addressOf(turn.from), (M) Objects.requireNonNull(payload), now, effects);
            case TIMER -> running.onTimer((T) Objects.requireNonNull(payload), now, effects);
            case TASK -> ((Runnable) Objects.requireNonNull(payload)).run();
            default -> throw new IllegalStateException(turn.kind + " is no turn");
        }
        flush(effects, turn.life);
    }

    /** The order of the event loop: persist, send, schedule, publish. If a write fails only the timers are set. */
    private void flush(Outbox<M, T, E> effects, int turnLife) {
        try {
            boolean persisted = effects.writes().isEmpty() || persist(effects.writes());
            if (protocol == null) {
                return;
            }
            List<Outbox.Send<M>> sends = effects.sends();
            for (int i = 0; persisted && i < sends.size(); i++) {
                world.send(index, sends.get(i).to(), sends.get(i).message());
            }
            List<Outbox.Wake<T>> wakes = effects.wakes();
            for (int i = 0; i < wakes.size(); i++) {
                Turn timer = new Turn(this, Trace.Kind.TIMER, -1, wakes.get(i).timer());
                timer.deadline = wakes.get(i).deadlineNanos();
                world.kernel().add(environment.clock().worldTime(timer.deadline), timer);
            }
            List<E> events = effects.events();
            for (int i = 0; persisted && i < events.size() && life == turnLife && protocol != null; i++) {
                world.publish(name, events.get(i));
            }
        } finally {
            effects.clear();
        }
    }

    /** Whether all was written; a crash in between leaves the node down. */
    private boolean persist(List<Outbox.Write> writes) {
        try {
            for (Outbox.Write write : writes) {
                if (crashNextWrite && chance.nextBoolean()) {
                    kill();
                    return false;
                }
                cells.write(write.cell(), write.value());
                world.trace().record(world.now(), Trace.Kind.PERSIST, name, -1, write.value());
            }
        } catch (UncheckedIOException diskFailed) {
            return false;
        }
        if (crashNextWrite) {
            kill();
            return false;
        }
        return true;
    }
}
