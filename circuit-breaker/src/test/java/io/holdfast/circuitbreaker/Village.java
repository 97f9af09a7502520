package io.holdfast.circuitbreaker;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.env.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Nodes that hear each other at once, without gossip: the two ports that shared policies stand on. */
final class Village {
    private record Watch(String topic, Consumer<BulletinEvent> listener) {}

    private final Map<NodeId, Member> members = new TreeMap<>();
    private final Map<String, Map<NodeId, byte[]>> values = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();

    Village(String... nodes) {
        for (String node : nodes) {
            NodeId id = NodeId.of(node);
            members.put(id, new Member(id, Address.of(node, 1), "", 1, MemberState.ALIVE));
        }
    }

    Bulletin bulletin(String node) {
        return new Board(NodeId.of(node));
    }

    Membership membership(String node) {
        return new Members(NodeId.of(node));
    }

    private final class Board implements Bulletin {
        private final NodeId self;

        Board(NodeId self) {
            this.self = self;
        }

        @Override
        public void publish(String topic, byte[] value) {
            byte[] copy = Bulletin.checked(topic, value);
            values.computeIfAbsent(topic, any -> new TreeMap<>()).put(self, copy);
            List.copyOf(watches).stream()
                    .filter(watch -> watch.topic().equals(topic))
                    .forEach(watch -> watch.listener().accept(new BulletinEvent.Told(self, copy)));
        }

        @Override
        public Map<NodeId, byte[]> values(String topic) {
            return Map.copyOf(values.getOrDefault(topic, Map.of()));
        }

        @Override
        public Registration watch(String topic, Consumer<BulletinEvent> listener) {
            Watch watch = new Watch(topic, listener);
            values(topic).forEach((node, value) -> listener.accept(new BulletinEvent.Told(node, value)));
            watches.add(watch);
            return () -> watches.remove(watch);
        }
    }

    private final class Members implements Membership {
        private final NodeId self;

        Members(NodeId self) {
            this.self = self;
        }

        @Override
        public Member self() {
            return member(self).orElseThrow();
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
            members.values().forEach(member -> listener.accept(new MembershipEvent(member)));
            return () -> {};
        }

        @Override
        public CompletionStage<Void> joined() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
