package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.cluster.ReplicatedTable;
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
import io.holdfast.sharding.MapTable;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.ShardingConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

/** Nodes with {@link ShardRuntime}s in one JVM: real threads and clocks; who is there, who leads and the wire are played. */
final class Town implements AutoCloseable {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final FlightRecorder recorder;
    final Map<String, ShardRuntime> nodes = new TreeMap<>();
    private final Environment environment = Environment.system();
    private final ReplicatedTable meta = new MapTable("default", Runnable::run);
    final List<ReplicatedTable> data =
            List.of(new MapTable("data-0", Runnable::run), new MapTable("data-1", Runnable::run));
    private final Map<NodeId, Member> members = new ConcurrentSkipListMap<>();
    private final Map<NodeId, byte[]> notes = new ConcurrentSkipListMap<>();
    private final Map<Address, Consumer<Inbound>> handlers = new ConcurrentHashMap<>();
    private final List<Consumer<MembershipEvent>> memberListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<BulletinEvent>> noteListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Leadership.Term>> termListeners = new CopyOnWriteArrayList<>();
    private volatile Leadership.Term term = new Leadership.Term(Optional.empty(), Epoch.ZERO);

    Town() {
        recorder = new FlightRecorder(environment.wallClock(), 1000);
    }

    Environment environment() {
        return environment;
    }

    ShardRuntime start(String name, ShardingConfig config, ShardTenant... tenants) {
        return start(name, config, data, tenants);
    }

    ShardRuntime start(String name, ShardingConfig config, List<ReplicatedTable> groups, ShardTenant... tenants) {
        NodeId node = NodeId.of(name);
        Address address = Address.of("127.0.0.1", 7000 + members.size());
        change(new Member(node, address, "", 1, MemberState.ALIVE));
        ShardRuntime runtime = ShardRuntime.start(
                "entities",
                config,
                new ShardRuntime.Surroundings(
                        new Members(node),
                        new Board(node),
                        new Wire(node, address),
                        new Lead(node),
                        meta,
                        groups,
                        environment,
                        new Telemetry(meters, OpenTelemetry.noop().getTracer("test"), new HealthChecks(), recorder)),
                List.of(tenants));
        nodes.put(name, runtime);
        return runtime;
    }

    void lead(String name) {
        term = new Leadership.Term(Optional.of(NodeId.of(name)), term.epoch().next());
        termListeners.forEach(listener -> listener.accept(term));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("term " + term);
        nodes.forEach((name, node) -> text.append('\n')
                .append(name)
                .append(" knows ")
                .append(node.members())
                .append(" and map ")
                .append(node.map()));
        recorder.entries().forEach(entry -> text.append('\n').append(entry));
        return text.toString();
    }

    /** Its process ends, and the others notice. */
    void end(String name) {
        ShardRuntime ended = nodes.remove(name);
        if (ended != null) {
            Member was = members.get(NodeId.of(name));
            handlers.remove(was.address());
            ended.close();
            notes.remove(was.id());
            change(new Member(was.id(), was.address(), "", was.incarnation(), MemberState.DEAD));
        }
    }

    private void change(Member member) {
        members.put(member.id(), member);
        memberListeners.forEach(listener -> listener.accept(new MembershipEvent(member)));
    }

    @Override
    public void close() {
        List.copyOf(nodes.keySet()).forEach(this::end);
        environment.close();
    }

    private final class Lead implements Leadership {
        private final NodeId self;

        Lead(NodeId self) {
            this.self = self;
        }

        @Override
        public Term current() {
            return term;
        }

        @Override
        public boolean isLeader() {
            return term.leader().filter(self::equals).isPresent();
        }

        @Override
        public Registration listen(Consumer<Term> listener) {
            termListeners.add(listener);
            listener.accept(term);
            return () -> termListeners.remove(listener);
        }
    }

    private final class Members implements Membership {
        private final NodeId self;

        Members(NodeId self) {
            this.self = self;
        }

        @Override
        public Member self() {
            return members.get(self);
        }

        @Override
        public Optional<String> clusterId() {
            return Optional.of("town");
        }

        @Override
        public List<NodeId> founders() {
            return List.of();
        }

        @Override
        public List<Member> members() {
            return members.values().stream()
                    .filter(member -> member.state() == MemberState.ALIVE)
                    .toList();
        }

        @Override
        public Optional<Member> member(NodeId id) {
            return Optional.ofNullable(members.get(id));
        }

        @Override
        public Registration listen(Consumer<MembershipEvent> listener) {
            memberListeners.add(listener);
            return () -> memberListeners.remove(listener);
        }

        @Override
        public CompletionStage<Void> joined() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    private final class Board implements Bulletin {
        private final NodeId self;

        Board(NodeId self) {
            this.self = self;
        }

        @Override
        public void publish(String topic, byte[] value) {
            notes.put(self, Bulletin.checked(topic, value));
            environment
                    .scheduler()
                    .schedule(
                            Duration.ZERO,
                            () -> noteListeners.forEach(
                                    listener -> listener.accept(new BulletinEvent.Told(self, value))));
        }

        @Override
        public Map<NodeId, byte[]> values(String topic) {
            return notes;
        }

        @Override
        public Registration watch(String topic, Consumer<BulletinEvent> listener) {
            noteListeners.add(listener);
            return () -> noteListeners.remove(listener);
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
            if (handler == null) {
                return CompletableFuture.failedFuture(new UnavailableException("no connection to " + to));
            }
            handler.accept(new Inbound(new Peer(self, address, null), message.context(), message.payload()));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Registration serve(String route, Consumer<Exchange> handler) {
            throw new UnsupportedOperationException("shards send one way only");
        }

        @Override
        public Registration serveStream(String route, Function<Inbound, Flow.Publisher<byte[]>> handler) {
            throw new UnsupportedOperationException("shards send one way only");
        }

        @Override
        public CompletableFuture<byte[]> request(Address to, Message message) {
            throw new UnsupportedOperationException("shards send one way only");
        }

        @Override
        public Flow.Publisher<byte[]> stream(Address to, Message message) {
            throw new UnsupportedOperationException("shards send one way only");
        }

        @Override
        public Registration onConnection(ConnectionListener listener) {
            return () -> {};
        }

        @Override
        public CompletionStage<Void> drain(Duration limit) {
            throw new UnsupportedOperationException("shards do not drain the wire");
        }

        @Override
        public void close() {}
    }
}
