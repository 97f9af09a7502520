package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.loop.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic simulation of a cluster that runs a {@link Protocol}: the shell of all nodes at once, in virtual time, on the thread that advances it.
 *
 * <pre>{@code
 * var world = SimWorld.seed(42).nodes("a", "b", "c").start(host -> new Swim(config, host));
 * world.network().cut("a", "c");                                  // b can still reach c
 * world.advance(Duration.ofSeconds(10));
 * assertThat(world.node("a").protocol().stateOf("c")).isEqualTo(ALIVE);
 * }</pre>
 *
 * <p>Events happen in the order of (virtual time, sequence). Each subsystem draws from a generator of its own, derived from the one seed, so the same seed gives the same
 * {@link #traceHash}, on every JVM. An exception of the protocol or a broken invariant ends the run as a {@link SimFailure} that names the seed, the time and the last events.
 *
 * @param <P> the protocol
 * @param <Q> the application's requests
 * @param <M> the messages between nodes
 * @param <T> the timers
 * @param <E> the events
 */
public final class SimWorld<P extends Protocol<Q, M, T, E>, Q, M, T, E> {
    private static final int MAX_PUBLISHED = 1_000_000;

    private record Invariant(String rule, BooleanSupplier holds) {}

    private final long seed;
    private final Kernel kernel = new Kernel();
    private final Trace trace;
    private final SimNetwork network;
    private final SplittableRandom faults;
    private final Function<? super SimHost, ? extends P> factory;
    private final List<SimNode<P, Q, M, T, E>> nodes = new ArrayList<>();
    private final List<Address> planned;
    private final List<Invariant> invariants = new ArrayList<>();
    private final List<Published<E>> published = new ArrayList<>();
    private final List<Consumer<Published<E>>> listeners = new ArrayList<>();
    private @Nullable Function<Address, Q> hint;

    private SimWorld(Plan plan, Function<? super SimHost, ? extends P> factory) {
        this.seed = plan.seed;
        this.trace = new Trace(plan.verbose);
        this.network = new SimNetwork(seed, plan.links, this::connectionReset);
        this.faults = Seeds.random(seed, "faults");
        this.factory = factory;
        this.planned = plan.names.stream()
                .map(name -> Address.of(name, SimNetwork.PORT))
                .toList();
        SplittableRandom starts = Seeds.random(seed, "starts");
        for (String name : plan.names) {
            SimNode<P, Q, M, T, E> node = newNode(name);
            if (plan.startWithin.isZero()) {
                node.restart();
            } else {
                after(Duration.ofNanos(starts.nextLong(plan.startWithin.toNanos())), () -> startOnce(node));
            }
        }
    }

    /**
     * Begins to plan a world.
     *
     * @param seed decides everything that is left to chance
     * @return the plan
     */
    public static Plan seed(long seed) {
        return new Plan(seed);
    }

    /**
     * The seed that repeats this run.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * A node by its name.
     *
     * @param name the name
     * @return the node
     * @throws IllegalArgumentException if there is none of that name
     */
    public SimNode<P, Q, M, T, E> node(String name) {
        return nodes.get(network.index(name));
    }

    /**
     * All nodes, up or down.
     *
     * @return the nodes in the order in which they were added
     */
    public List<SimNode<P, Q, M, T, E>> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /**
     * The nodes that run.
     *
     * @return the nodes in the order in which they were added
     */
    public List<SimNode<P, Q, M, T, E>> live() {
        return nodes.stream().filter(SimNode::isUp).toList();
    }

    /**
     * Adds a node that was not planned and starts it.
     *
     * @param name its name, a DNS label
     * @return the node
     */
    public SimNode<P, Q, M, T, E> add(String name) {
        SimNode<P, Q, M, T, E> node = newNode(name);
        node.restart();
        return node;
    }

    /**
     * The network, to make it worse or better.
     *
     * @return the network
     */
    public SimNetwork network() {
        return network;
    }

    /**
     * A generator for the faults that a test thinks up, so that the seed decides them too.
     *
     * @return the generator
     */
    public SplittableRandom faults() {
        return faults;
    }

    /**
     * Tells the peers of a killed node, and both ends of a reset connection, that a connection closed, as a real transport would. Without this they are told nothing.
     *
     * @param request makes the request that a peer's protocol gets from the address of the other end
     * @return this
     */
    public SimWorld<P, Q, M, T, E> hintOnClose(Function<Address, Q> request) {
        hint = request;
        return this;
    }

    /**
     * States what must hold after every event.
     *
     * @param rule what must hold, for the message
     * @param holds whether it holds; called after every event, so it should be cheap
     * @return this
     */
    public SimWorld<P, Q, M, T, E> always(String rule, BooleanSupplier holds) {
        invariants.add(new Invariant(rule, holds));
        return this;
    }

    /**
     * Listens to what the nodes publish.
     *
     * @param listener called at the virtual instant; it may kill nodes and cut links
     * @return this
     */
    public SimWorld<P, Q, M, T, E> onPublish(Consumer<Published<E>> listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * What all nodes published.
     *
     * @return an unmodifiable view, in order
     */
    public List<Published<E>> published() {
        return Collections.unmodifiableList(published);
    }

    /**
     * Virtual time since the world began.
     *
     * @return the time
     */
    public Duration elapsed() {
        return Duration.ofNanos(kernel.now());
    }

    /**
     * How many events have happened.
     *
     * @return a count since the beginning
     */
    public long events() {
        return kernel.fired();
    }

    /**
     * What has happened so far, as one number: equal for equal seeds, in every JVM.
     *
     * @return the hash
     */
    public long traceHash() {
        return trace.hash();
    }

    /**
     * Lets something happen later: a fault, a request.
     *
     * @param delay how long from now
     * @param action what happens
     */
    public void after(Duration delay, Runnable action) {
        kernel.add(kernel.now() + delay.toNanos(), new Kernel.Event() {
            @Override
            void fire() {
                action.run();
            }
        });
    }

    /**
     * Lets time pass.
     *
     * @param duration how long
     * @throws SimFailure if a protocol throws or an invariant breaks
     */
    public void advance(Duration duration) {
        long end = kernel.now() + duration.toNanos();
        while (step(end)) {
            // each step is one event
        }
        kernel.passTo(end);
    }

    /**
     * Lets time pass until a condition holds.
     *
     * @param condition asked after every event
     * @param limit how long to go on at most
     * @return how long it took
     * @throws SimFailure if the condition does not hold within the limit, a protocol throws or an invariant breaks
     */
    public Duration runUntil(BooleanSupplier condition, Duration limit) {
        long start = kernel.now();
        long end = start + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!step(end)) {
                kernel.passTo(end);
                if (condition.getAsBoolean()) {
                    break;
                }
                throw failure("the condition did not hold within " + DurationText.of(limit), null);
            }
        }
        return Duration.ofNanos(kernel.now() - start);
    }

    /**
     * Lets a node fail: latency and drop hit all its links in both directions, until the links are reset or the world heals; a pause ends by itself; a killed node stays down.
     *
     * @param node its name
     * @param fault what goes wrong
     * @throws IllegalArgumentException for {@link Fault.Error}: no node of a simulation answers so by itself
     */
    public void inject(String node, Fault fault) {
        SimFaults.node(this, node, fault);
    }

    /**
     * Lets the link between two nodes fail in both directions, until it is reset or the world heals.
     *
     * @param a a node
     * @param b another node
     * @param fault {@link Fault.Latency}: each message takes so long; {@link Fault.Drop}: none gets through
     * @throws IllegalArgumentException for any other fault
     */
    public void inject(String a, String b, Fault fault) {
        SimFaults.link(this, a, b, fault);
    }

    /** Ends all faults: links as at the beginning, paused nodes go on, starved ones get their processor, disks write, nodes that are down start anew with their disks. */
    public void heal() {
        network.heal();
        for (SimNode<P, Q, M, T, E> node : nodes) {
            node.failWrites(false);
            node.crashNoMore();
            node.starve(Duration.ZERO);
            node.resume();
            if (!node.isUp()) {
                node.restart();
            }
        }
    }

    private boolean step(long limit) {
        try {
            boolean stepped = kernel.step(limit);
            for (int i = 0; i < invariants.size(); i++) {
                if (!invariants.get(i).holds().getAsBoolean()) {
                    throw failure(
                            "it must always hold that " + invariants.get(i).rule(), null);
                }
            }
            return stepped;
        } catch (SimFailure e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            throw failure(e.toString(), e);
        }
    }

    private SimFailure failure(String what, @Nullable Throwable cause) {
        String last = String.join("\n  ", trace.last());
        return new SimFailure(
                seed,
                what + "\nseed " + seed + ", at " + DurationText.of(elapsed()) + ", the last events:\n  " + last,
                cause);
    }

    private SimNode<P, Q, M, T, E> newNode(String name) {
        SimNode<P, Q, M, T, E> node = new SimNode<>(this, Check.label("node name", name), network.add(name));
        nodes.add(node);
        return node;
    }

    /** A script may have started the node before its planned instant. */
    private void startOnce(SimNode<P, Q, M, T, E> node) {
        if (node.life() == 0) {
            node.restart();
        }
    }

    long now() {
        return kernel.now();
    }

    Kernel kernel() {
        return kernel;
    }

    Trace trace() {
        return trace;
    }

    List<Address> planned() {
        return planned;
    }

    P create(SimHost host) {
        return factory.apply(host);
    }

    Address addressOf(int index) {
        return nodes.get(index).address();
    }

    void send(int from, Address to, M message) {
        int receiver = network.at(to);
        if (receiver < 0 || !nodes.get(receiver).isUp()) {
            network.countLost();
            return;
        }
        SimNode<P, Q, M, T, E> node = nodes.get(receiver);
        if (receiver == from) {
            node.submit(kernel.now(), Trace.Kind.MESSAGE, from, message);
            return;
        }
        long arrival = network.send(from, receiver, kernel.now());
        if (arrival >= 0) {
            node.submit(arrival, Trace.Kind.MESSAGE, from, message);
            long second = network.duplicate(from, receiver, kernel.now());
            if (second >= 0) {
                node.submit(second, Trace.Kind.MESSAGE, from, message);
            }
        }
    }

    void publish(String node, E event) {
        if (published.size() == MAX_PUBLISHED) {
            throw new IllegalStateException(
                    MAX_PUBLISHED
                            + " events were published, the limit of a simulation; shorten the run or publish what changed only");
        }
        trace.record(kernel.now(), Trace.Kind.PUBLISH, node, -1, event);
        Published<E> entry = new Published<>(elapsed(), node, event);
        published.add(entry);
        listeners.forEach(listener -> listener.accept(entry));
    }

    void connectionsClosed(int node) {
        for (int peer = 0; peer < nodes.size(); peer++) {
            if (peer != node && network.disconnect(node, peer)) {
                tellClosed(node, peer);
            }
        }
    }

    private void connectionReset(int a, int b) {
        if (network.disconnect(a, b)) {
            tellClosed(a, b);
            tellClosed(b, a);
        }
    }

    /** The news travels like a message that is never lost on a link that works: the operating system repeats it. */
    private void tellClosed(int gone, int told) {
        SimNode<P, Q, M, T, E> peer = nodes.get(told);
        if (hint != null && peer.isUp() && !network.isCut(gone, told)) {
            long arrival = network.arrival(gone, told, kernel.now());
            peer.submit(arrival, Trace.Kind.REQUEST, -1, hint.apply(addressOf(gone)));
        }
    }

    /** What a world is to be. For use by one thread. */
    public static final class Plan {
        private final long seed;
        private final Set<String> names = new LinkedHashSet<>();
        private LinkFaults links = LinkFaults.lan();
        private Duration startWithin = Duration.ZERO;
        private @Nullable Consumer<String> verbose;

        private Plan(long seed) {
            this.seed = seed;
        }

        /**
         * Adds nodes by name.
         *
         * @param value DNS labels
         * @return this
         */
        public Plan nodes(String... value) {
            Stream.of(value).forEach(name -> Check.that(names.add(name), "node %s is planned twice", name));
            return this;
        }

        /**
         * Adds nodes named {@code n1}, {@code n2} and so on.
         *
         * @param count how many
         * @return this
         */
        public Plan nodes(int count) {
            return nodes(IntStream.rangeClosed(1, count).mapToObj(i -> "n" + i).toArray(String[]::new));
        }

        /**
         * How links behave at the beginning and after {@link SimNetwork#heal}; {@link LinkFaults#lan()} if it is not told.
         *
         * @param value the faults
         * @return this
         */
        public Plan links(LinkFaults value) {
            links = value;
            return this;
        }

        /**
         * Each node starts at an instant of its own within this time; all at once if it is not told or zero.
         *
         * @param value zero or more
         * @return this
         */
        public Plan startWithin(Duration value) {
            startWithin = Check.notNegative("startWithin", value);
            return this;
        }

        /**
         * Hears a line for every event: slow, for one seed that fails.
         *
         * @param value takes each line
         * @return this
         */
        public Plan verbose(Consumer<String> value) {
            verbose = value;
            return this;
        }

        /**
         * Makes the world. The protocols are there at once, but nothing happens before time advances.
         *
         * @param factory makes a node's protocol, for each of its lives anew
         * @param <P> the protocol
         * @param <Q> the application's requests
         * @param <M> the messages between nodes
         * @param <T> the timers
         * @param <E> the events
         * @return the world
         */
        public <P extends Protocol<Q, M, T, E>, Q, M, T, E> SimWorld<P, Q, M, T, E> start(
                Function<? super SimHost, ? extends P> factory) {
            return new SimWorld<>(this, factory);
        }
    }
}
