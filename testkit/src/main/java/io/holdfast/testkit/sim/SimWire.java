package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.transport.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Transports over a simulated network in virtual time, for code that talks through {@link Transport} and needs no thread of its own.
 *
 * <p>A connection behaves as one of TCP: what is lost or overtaken arrives later, in order. A segment that meets a cut link stalls the connection, which breaks
 * {@link #SILENCE} later. Everything runs on the thread that advances the environment.
 */
public final class SimWire {
    /** How long a connection that gets nothing through lasts. */
    public static final Duration SILENCE = Duration.ofSeconds(5);

    private final SimEnvironment environment;
    private final SimNetwork network;
    private final Map<Address, SimTransport> transports = new HashMap<>();

    /**
     * A wire without nodes.
     *
     * @param environment its time
     * @param seed decides delays and losses
     * @param links how links behave at the beginning
     */
    public SimWire(SimEnvironment environment, long seed, LinkFaults links) {
        this.environment = environment;
        this.network = new SimNetwork(seed, links, this::reset);
    }

    /**
     * Starts a node's transport; a name that was used before must be closed first.
     *
     * @param node the node's name, a DNS label
     * @return the transport
     * @throws IllegalStateException if a transport of that name runs
     */
    public Transport start(String node) {
        Address address = Address.of(node, SimNetwork.PORT);
        SimTransport before = transports.get(address);
        if (before != null && !before.isClosed()) {
            throw new IllegalStateException("a transport of node " + node + " runs already; close it first");
        }
        int index = before == null ? network.add(node) : network.index(node);
        SimTransport transport = new SimTransport(this, node, index, address);
        transports.put(address, transport);
        return transport;
    }

    /**
     * Ends a node's transport as a crash does: peers find their connections closed, without a goodbye. Nothing happens if none runs.
     *
     * @param node the node's name
     */
    public void kill(String node) {
        SimTransport transport = transports.get(Address.of(node, SimNetwork.PORT));
        if (transport != null) {
            transport.end(false);
        }
    }

    /**
     * The network, to make it worse or better.
     *
     * @return the network
     */
    public SimNetwork network() {
        return network;
    }

    private void reset(int a, int b) {
        transports.values().stream()
                .filter(transport -> transport.index() == a)
                .forEach(transport -> transport.reset(b));
    }

    SimEnvironment environment() {
        return environment;
    }

    @Nullable SimTransport at(Address address) {
        SimTransport transport = transports.get(address);
        return transport == null || transport.isClosed() ? null : transport;
    }

    boolean reaches(SimTransport from, SimTransport to) {
        return from == to || !(network.isCut(from.index(), to.index()) || network.isCut(to.index(), from.index()));
    }

    /** Carries a segment of a connection; it arrives unless the connection has broken by then. */
    void segment(SimConnection connection, SimTransport from, Runnable arrival) {
        SimTransport to = connection.other(from);
        if (connection.isStalled()) {
            return;
        }
        long at = network.segment(from.index(), to.index(), environment.kernel().now());
        if (at < 0) {
            stall(connection);
            return;
        }
        at(at, () -> {
            if (from != to && network.isCut(from.index(), to.index())) {
                stall(connection);
            } else if (!connection.isStalled()) {
                arrival.run();
            }
        });
    }

    private void stall(SimConnection connection) {
        if (connection.stall()) {
            at(environment.kernel().now() + SILENCE.toNanos(), () -> {
                connection.breakAt(connection.one(), false);
                connection.breakAt(connection.two(), false);
            });
        }
    }

    /** One end has gone; the other hears of it when the news arrives, or never gets it and finds out by the silence. */
    void hangUp(SimConnection connection, SimTransport gone, boolean graceful) {
        connection.stall();
        SimTransport other = connection.other(gone);
        long news = network.segment(
                gone.index(), other.index(), environment.kernel().now());
        long at = news < 0 ? environment.kernel().now() + SILENCE.toNanos() : news;
        at(at, () -> connection.breakAt(other, graceful && news >= 0));
    }

    void at(long instant, Runnable task) {
        environment.kernel().add(instant, new Kernel.Event() {
            @Override
            void fire() {
                task.run();
            }
        });
    }
}
