package io.holdfast.testkit.sim;

import io.holdfast.core.Address;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The transport of one node of a {@link SimWire}. */
final class SimTransport implements Transport {
    private static final int MAX_CALLS = 65_536;

    private final SimWire wire;
    private final NodeId node;
    private final int index;
    private final Address address;
    private final Map<String, Consumer<Exchange>> handlers = new LinkedHashMap<>();
    private final Map<String, Consumer<Inbound>> receivers = new LinkedHashMap<>();
    private final Map<String, Function<Inbound, Flow.Publisher<byte[]>>> publishers = new LinkedHashMap<>();
    private final List<ConnectionListener> listeners = new ArrayList<>();
    private final Map<SimTransport, SimConnection> connections = new LinkedHashMap<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private int calls;
    private int running;
    private boolean draining;
    private boolean closed;

    SimTransport(SimWire wire, String name, int index, Address address) {
        this.wire = wire;
        this.node = NodeId.of(name);
        this.index = index;
        this.address = address;
    }

    int index() {
        return index;
    }

    boolean isClosed() {
        return closed;
    }

    Peer asPeer() {
        return new Peer(node, address, null);
    }

    SimWire wire() {
        return wire;
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public Registration serve(String route, Consumer<Exchange> handler) {
        return register(handlers, route, handler);
    }

    @Override
    public Registration receive(String route, Consumer<Inbound> handler) {
        return register(receivers, route, handler);
    }

    @Override
    public Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler) {
        return register(publishers, route, handler);
    }

    private static <H> Registration register(Map<String, H> routes, String route, H handler) {
        if (routes.putIfAbsent(route, handler) != null) {
            throw new IllegalArgumentException("route " + route + " is served already; end that registration first");
        }
        return () -> routes.remove(route, handler);
    }

    Flow.@Nullable Publisher<byte[]> publish(String route, Inbound request) {
        Function<Inbound, Flow.Publisher<byte[]>> handler = publishers.get(route);
        return handler == null ? null : handler.apply(request);
    }

    /** A connection to a node, made if there is none. */
    SimConnection connect(Address to) {
        SimTransport target = wire.at(to);
        if (closed || target == null) {
            throw new UnavailableException(
                    closed ? "this transport is closed" : "nobody listens at " + to + "; check that the node runs");
        }
        SimConnection known = connections.get(target);
        if (known != null) {
            return known;
        }
        if (!wire.reaches(this, target)) {
            throw new UnavailableException("no connection to " + to + " could be made; check the network between");
        }
        SimConnection made = new SimConnection(this, target);
        connections.put(target, made);
        if (target != this) {
            target.connections.put(this, made);
            listeners().forEach(listener -> listener.onOpened(target.asPeer()));
            target.listeners().forEach(listener -> listener.onOpened(asPeer()));
        }
        return made;
    }

    private List<ConnectionListener> listeners() {
        return List.copyOf(listeners);
    }

    /** Called once for each end of a connection that broke. */
    void disconnected(SimConnection connection, boolean graceful) {
        SimTransport other = connection.other(this);
        connections.remove(other, connection);
        if (!closed && other != this) {
            listeners().forEach(listener -> listener.onClosed(other.asPeer(), graceful));
        }
    }

    @Override
    public CompletableFuture<byte[]> request(Address to, Message message) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        try {
            SimConnection connection = connect(to);
            if (calls >= MAX_CALLS) {
                throw new OverloadedException(
                        "node " + node + " waits for " + calls + " answers, its limit", Duration.ofMillis(100));
            }
            begin(connection, to, message, answer);
        } catch (HoldfastException refused) {
            answer.completeExceptionally(refused);
        }
        return answer;
    }

    private void begin(SimConnection connection, Address to, Message message, CompletableFuture<byte[]> answer) {
        SimTransport server = connection.other(this);
        Runnable broken = () -> answer.completeExceptionally(new UnknownOutcomeException("the connection to " + to
                + " broke while a request to " + message.route() + " was under way; retry only if it is idempotent"));
        ServedExchange exchange = new ServedExchange(
                server, connection, new Inbound(asPeer(), message.context(), message.payload()), answer);
        calls++;
        connection.whenBroken(this, broken);
        answer.whenComplete((value, error) -> {
            calls--;
            connection.forget(this, broken);
            wire.segment(connection, this, exchange::cancel);
        });
        expire(message, to, answer);
        wire.segment(connection, this, () -> server.take(message, exchange));
    }

    private void expire(Message message, Address to, CompletableFuture<byte[]> answer) {
        long now = wire.environment().clock().nanoTime();
        long remaining = message.context().deadline().remainingNanos(now);
        if (!message.context().deadline().isNone()) {
            wire.at(
                    wire.environment().kernel().now() + Math.max(0, remaining),
                    () -> answer.completeExceptionally(new DeadlineExceededException("no answer of " + to + " to "
                            + message.route() + " before the deadline; allow more time or find out why it is slow")));
        }
    }

    private void take(Message message, ServedExchange exchange) {
        Consumer<Exchange> handler = handlers.get(message.route());
        running++;
        if (draining) {
            exchange.fail(new UnavailableException("node " + node + " drains and takes no new calls; ask another one"));
        } else if (handler == null) {
            exchange.fail(new NotAppliedException("node " + node + " serves no route " + message.route()));
        } else {
            exchange.open();
            try {
                handler.accept(exchange);
            } catch (RuntimeException e) {
                exchange.fail(new UnknownOutcomeException("the handler of " + message.route() + " failed: " + e));
            }
        }
    }

    void finished() {
        running--;
        if (draining && running == 0) {
            drained.complete(null);
        }
    }

    @Override
    public CompletionStage<Void> send(Address to, Message message) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        try {
            SimConnection connection = connect(to);
            SimTransport receiver = connection.other(this);
            Inbound inbound = new Inbound(asPeer(), message.context(), message.payload());
            wire.segment(connection, this, () -> {
                Consumer<Inbound> handler = receiver.receivers.get(message.route());
                if (handler != null) {
                    handler.accept(inbound);
                }
            });
            written.complete(null);
        } catch (HoldfastException refused) {
            written.completeExceptionally(refused);
        }
        return written;
    }

    @Override
    public Flow.Publisher<byte[]> stream(Address to, Message message) {
        boolean[] taken = {false};
        return subscriber -> {
            SimStream stream = new SimStream(this, to, message, subscriber);
            subscriber.onSubscribe(stream);
            if (taken[0]) {
                stream.fail(new IllegalStateException("this stream has a subscriber; open another one"));
            }
            taken[0] = true;
        };
    }

    @Override
    public Registration onConnection(ConnectionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletionStage<Void> drain(Duration limit) {
        draining = true;
        if (running == 0) {
            drained.complete(null);
        }
        wire.at(wire.environment().kernel().now() + limit.toNanos(), () -> drained.complete(null));
        return drained;
    }

    void reset(int other) {
        for (SimConnection connection : List.copyOf(connections.values())) {
            if (connection.other(this).index() == other) {
                connection.breakAt(this, false);
                connection.breakAt(connection.other(this), false);
            }
        }
    }

    @Override
    public void close() {
        end(true);
    }

    void end(boolean graceful) {
        if (closed) {
            return;
        }
        closed = true;
        for (SimConnection connection : List.copyOf(connections.values())) {
            connection.breakAt(this, graceful);
            wire.hangUp(connection, this, graceful);
        }
    }
}
