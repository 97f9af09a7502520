package io.holdfast.testkit.cluster;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.env.Registration;
import io.holdfast.core.node.LaunchedNode;
import io.holdfast.core.node.NodeLauncher;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Nodes that share a list: enough to try the cluster extension where the real nodes are not on the class path. A node with a seed joins the seed's list. */
public final class SharedListLauncher implements NodeLauncher {
    static final List<Node> STARTED = new CopyOnWriteArrayList<>();

    @Override
    public LaunchedNode launch(String name, Map<String, String> settings) {
        String seed = settings.get("holdfast.node.seeds");
        Node node = new Node(name, settings, STARTED.size());
        node.cluster = seed == null
                ? new CopyOnWriteArrayList<>()
                : STARTED.stream()
                        .filter(other -> other.address().toString().equals(seed))
                        .findFirst()
                        .orElseThrow()
                        .cluster;
        node.cluster.add(node);
        STARTED.add(node);
        return node;
    }

    static final class Node implements LaunchedNode, Membership {
        final Map<String, String> settings;
        private final NodeId id;
        private final Address address;
        private List<Node> cluster = new ArrayList<>();
        boolean closed;

        Node(String name, Map<String, String> settings, int number) {
            this.id = NodeId.of(name);
            this.settings = settings;
            this.address = Address.of("127.0.0.1", 10_000 + number);
        }

        @Override
        public NodeId id() {
            return id;
        }

        @Override
        public Address address() {
            return address;
        }

        @Override
        public URI admin() {
            return URI.create("http://127.0.0.1:1");
        }

        @Override
        public Membership membership() {
            return this;
        }

        @Override
        public ServiceDirectory services() {
            throw new UnsupportedOperationException("not part of this test");
        }

        @Override
        public void host(Object service) {
            throw new UnsupportedOperationException("not part of this test");
        }

        @Override
        public <T> T client(Class<T> contract) {
            throw new UnsupportedOperationException("not part of this test");
        }

        @Override
        public Member self() {
            return new Member(id, address, settings.getOrDefault("holdfast.node.zone", ""), 1, MemberState.ALIVE);
        }

        @Override
        public Optional<String> clusterId() {
            return Optional.of("test");
        }

        @Override
        public List<NodeId> founders() {
            return cluster.stream().map(Node::id).sorted().toList();
        }

        @Override
        public List<Member> members() {
            return cluster.stream().map(Node::self).toList();
        }

        @Override
        public Optional<Member> member(NodeId other) {
            return members().stream().filter(m -> m.id().equals(other)).findFirst();
        }

        @Override
        public Registration listen(Consumer<MembershipEvent> listener) {
            return () -> {};
        }

        @Override
        public CompletionStage<Void> joined() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            closed = true;
            cluster.remove(this);
        }
    }
}
