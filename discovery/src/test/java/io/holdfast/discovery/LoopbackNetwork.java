package io.holdfast.discovery;

import io.holdfast.core.Address;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/** The one-way half of the wire between nodes of one JVM: no sockets, so the shell is tested alone; the real wire is tested with it in {@code framework}. */
final class LoopbackNetwork {
    private final Map<Address, Port> ports = new ConcurrentHashMap<>();

    /** The largest message; larger ones fail as on the wire. */
    volatile int maxPayload = Integer.MAX_VALUE;

    Port open(String node, int port) {
        Port opened = new Port(NodeId.of(node), Address.of("127.0.0.1", port));
        ports.put(opened.address(), opened);
        return opened;
    }

    /** One node's end. */
    final class Port implements Transport {
        private final NodeId node;
        private final Address address;
        private final Map<String, Consumer<Inbound>> handlers = new ConcurrentHashMap<>();
        private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();

        private Port(NodeId node, Address address) {
            this.node = node;
            this.address = address;
        }

        @Override
        public Address address() {
            return address;
        }

        @Override
        public Registration receive(String route, Consumer<Inbound> handler) {
            handlers.put(route, handler);
            return () -> handlers.remove(route);
        }

        @Override
        public CompletionStage<Void> send(Address to, Message message) {
            if (message.payload().length > maxPayload) {
                return CompletableFuture.failedFuture(new InvalidContractException("payload is too large"));
            }
            Port receiver = ports.get(to);
            if (receiver == null || ports.get(address) != this) {
                return CompletableFuture.failedFuture(new UnavailableException("no connection to " + to));
            }
            if (receiver.node.equals(node) && receiver != this) {
                return CompletableFuture.failedFuture(new ClusterMismatchException("node id " + node + " is taken"));
            }
            Consumer<Inbound> handler = receiver.handlers.get(message.route());
            if (handler != null) {
                handler.accept(new Inbound(new Peer(node, address, null), message.context(), message.payload()));
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Registration onConnection(ConnectionListener listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        @Override
        public void close() {
            if (ports.remove(address, this)) {
                Peer gone = new Peer(node, address, null);
                ports.values().forEach(port -> port.listeners.forEach(listener -> listener.onClosed(gone, false)));
            }
        }

        @Override
        public Registration serve(String route, Consumer<Exchange> handler) {
            throw new UnsupportedOperationException("discovery sends one way only");
        }

        @Override
        public Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler) {
            throw new UnsupportedOperationException("discovery sends one way only");
        }

        @Override
        public CompletableFuture<byte[]> request(Address to, Message message) {
            throw new UnsupportedOperationException("discovery sends one way only");
        }

        @Override
        public Flow.Publisher<byte[]> stream(Address to, Message message) {
            throw new UnsupportedOperationException("discovery sends one way only");
        }

        @Override
        public CompletionStage<Void> drain(Duration limit) {
            throw new UnsupportedOperationException("discovery does not drain");
        }
    }
}
