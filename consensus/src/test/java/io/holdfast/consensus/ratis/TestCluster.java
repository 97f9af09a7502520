package io.holdfast.consensus.ratis;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A membership that knows at once who is there, because the test says so. */
final class TestCluster {
    private final Map<NodeId, Member> members = new TreeMap<>();
    private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();

    Membership join(NodeId node, Address address, List<NodeId> founders) {
        Member self = new Member(node, address, "", 1, MemberState.ALIVE);
        tell(self);
        return new View(self, founders);
    }

    void die(NodeId node) {
        Member was = members.get(node);
        if (was != null) {
            tell(new Member(node, was.address(), "", 1, MemberState.DEAD));
        }
    }

    private synchronized void tell(Member member) {
        members.put(member.id(), member);
        listeners.forEach(listener -> listener.accept(new MembershipEvent(member)));
    }

    private synchronized List<Member> all() {
        return new ArrayList<>(members.values());
    }

    Optional<Address> address(NodeId node) {
        return all().stream()
                .filter(member -> member.id().equals(node) && member.state() == MemberState.ALIVE)
                .map(Member::address)
                .findFirst();
    }

    private final class View implements Membership {
        private final Member self;
        private final List<NodeId> founders;

        View(Member self, List<NodeId> founders) {
            this.self = self;
            this.founders = founders;
        }

        @Override
        public Member self() {
            return self;
        }

        @Override
        public Optional<String> clusterId() {
            return Optional.of("c1");
        }

        @Override
        public List<NodeId> founders() {
            return founders;
        }

        @Override
        public List<Member> members() {
            return all();
        }

        @Override
        public Optional<Member> member(NodeId id) {
            return all().stream().filter(member -> member.id().equals(id)).findFirst();
        }

        @Override
        public Registration listen(Consumer<MembershipEvent> listener) {
            synchronized (TestCluster.this) {
                listeners.add(listener);
                members.values().forEach(member -> listener.accept(new MembershipEvent(member)));
            }
            return () -> listeners.remove(listener);
        }

        @Override
        public CompletionStage<Void> joined() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            die(self.id());
        }
    }
}
