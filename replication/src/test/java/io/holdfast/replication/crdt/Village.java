package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/** Nodes with {@link CrdtSpace}s in one JVM: real threads and clocks; who is there and the wire are played. */
final class Village implements AutoCloseable {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Map<String, CrdtSpace> spaces = new ConcurrentSkipListMap<>();
    private final Environment environment = Environment.system();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    private final Map<NodeId, Member> members = new ConcurrentSkipListMap<>();
    private final Map<Address, Consumer<Inbound>> handlers = new ConcurrentHashMap<>();
    private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();
    private final Set<Address> cut = ConcurrentHashMap.newKeySet();

    CrdtSpace start(String name, CrdtConfig config, Optional<DurableCells> cells) {
        NodeId node = NodeId.of(name);
        Address address = Address.of(name, 7946);
        members.put(node, new Member(node, address, "", 1, MemberState.ALIVE));
        CrdtSpace space = CrdtSpace.start(
                config,
                new CrdtSpace.Surroundings(
                        new Members(node),
                        new Wire(node, address),
                        environment,
                        new Telemetry(meters, OpenTelemetry.noop().getTracer("test"), new HealthChecks(), recorder),
                        cells));
        spaces.put(name, space);
        announce(name);
        return space;
    }

    void announce(String name) {
        MembershipEvent event = new MembershipEvent(Objects.requireNonNull(members.get(NodeId.of(name))));
        listeners.forEach(listener -> listener.accept(event));
    }

    void end(String name) {
        CrdtSpace ended = spaces.remove(name);
        if (ended != null) {
            ended.close();
        }
    }

    void cut(String name) {
        cut.add(Address.of(name, 7946));
    }

    void mend() {
        cut.clear();
    }

    @Override
    public void close() {
        List.copyOf(spaces.keySet()).forEach(this::end);
        environment.close();
    }

    private final class Members implements Membership {
        private final NodeId self;

        Members(NodeId self) {
            this.self = self;
        }

        @Override
        public Member self() {
            return Objects.requireNonNull(members.get(self));
        }

        @Override
        public Optional<String> clusterId() {
            return Optional.of("village");
        }

        @Override
        public List<NodeId> founders() {
            return List.of();
        }

        @Override
        public List<Member> members() {
            return List.copyOf(members.values());
        }

        @Override
        public Optional<Member> member(NodeId id) {
            return Optional.ofNullable(members.get(id));
        }

        @Override
        public Registration listen(Consumer<MembershipEvent> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        @Override
        public CompletionStage<Void> joined() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            // nothing to stop
        }
    }

    private final class Wire implements Transport {
        private final NodeId self;
        private final Address address;

        Wire(NodeId self, Address address) {
            this.self = self;
            this.address = address;
        }

        @Override
        public Address address() {
            return address;
        }

        @Override
        public Registration receive(String route, Consumer<Inbound> handler) {
            handlers.put(address, handler);
            return () -> handlers.remove(address, handler);
        }

        @Override
        public CompletionStage<Void> send(Address to, Message message) {
            Consumer<Inbound> handler = handlers.get(to);
            if (handler == null || cut.contains(to) || cut.contains(address)) {
                return CompletableFuture.failedFuture(new UnavailableException("no connection to " + to));
            }
            handler.accept(new Inbound(new Peer(self, address, null), message.context(), message.payload()));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Registration serve(String route, Consumer<Exchange> handler) {
            throw new UnsupportedOperationException("replicas send one way only");
        }

        @Override
        public Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler) {
            throw new UnsupportedOperationException("replicas send one way only");
        }

        @Override
        public CompletableFuture<byte[]> request(Address to, Message message) {
            throw new UnsupportedOperationException("replicas send one way only");
        }

        @Override
        public Flow.Publisher<byte[]> stream(Address to, Message message) {
            throw new UnsupportedOperationException("replicas send one way only");
        }

        @Override
        public Registration onConnection(ConnectionListener listener) {
            return () -> {};
        }

        @Override
        public CompletionStage<Void> drain(Duration limit) {
            throw new UnsupportedOperationException("replicas do not drain the wire");
        }

        @Override
        public void close() {
            // nothing to stop
        }
    }
}
