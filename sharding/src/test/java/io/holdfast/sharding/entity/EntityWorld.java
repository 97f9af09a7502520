package io.holdfast.sharding.entity;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimTable;
import io.holdfast.testkit.sim.SimWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Nodes with entities, a wire and a table in virtual time. Who owns what is as the test says; leases and moves are played as 0013 describes them. */
final class EntityWorld {
    static final int SHARDS = 4;

    final SimEnvironment time;
    final SimTable table;
    final SimWire wire;
    final Map<String, Node> nodes = new TreeMap<>();
    ShardMap map = ShardMap.empty("entities", SHARDS);
    EntityLimits limits = EntityLimits.standard();

    EntityWorld(long seed) {
        time = SimEnvironment.seed(seed);
        table = new SimTable(time, seed, GroupId.of("default"));
        wire = new SimWire(time, seed, LinkFaults.lan());
    }

    Node start(String name, EntityType... types) {
        Node node = new Node(name, types);
        nodes.put(name, node);
        return node;
    }

    void advance(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    Deadline in(long millis) {
        return Deadline.after(time.clock().nanoTime(), Duration.ofMillis(millis));
    }

    int shardOf(String key) {
        return map.shardOf("counter/" + key);
    }

    /** Everybody learns it at once. */
    void assign(int shard, Node owner) {
        commit(shard, owner, false);
        nodes.values().forEach(node -> node.directory.learn(map));
        owner.take(shard);
        advance(50);
    }

    void assignAll(Node owner) {
        for (int shard = 0; shard < SHARDS; shard++) {
            assign(shard, owner);
        }
    }

    void commit(int shard, Node owner, boolean handsOver) {
        Ownership now = map.at(shard);
        Host host = new Host(owner.id, 1);
        map = map.with(Map.of(shard, handsOver ? now.handedTo(host) : now.takenBy(host)));
    }

    final class Node {
        final NodeId id;
        final Transport transport;
        final ReplicatedTable rows;
        final EntityHost host;
        final EntityRouter router;
        final Directory directory = new Directory(this);
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        boolean lease = true;

        Node(String name, EntityType... types) {
            id = NodeId.of(name);
            transport = wire.start(name);
            rows = table.view(id);
            NodeEnvironment own = new NodeEnvironment(time, name);
            host = new EntityHost(own, limits, meters);
            for (EntityType type : types) {
                host.register(type);
            }
            router = new EntityRouter(own, host, directory, transport, EntityWorld.this::address, meters);
        }

        CompletableFuture<byte[]> call(String key, long method, long argument, long millis) {
            return router.call(
                            "counter",
                            key,
                            method,
                            Counter.number(argument),
                            CallContext.EMPTY.withDeadline(in(millis)))
                    .toCompletableFuture();
        }

        /** Calls, and lets time pass until there is an answer. */
        long ask(String key, long method, long argument) {
            CompletableFuture<byte[]> answer = call(key, method, argument, 10_000);
            for (int i = 0; i < 1_100 && !answer.isDone(); i++) {
                advance(10);
            }
            return Counter.number(answer.join());
        }

        /** Fences the shard as soon as that can be done, and serves it, if it still is this node's. */
        void take(int shard) {
            Epoch epoch = map.at(shard).epoch();
            String fence = "f/" + shard;
            rows.get(fence, ReadConsistency.LINEARIZABLE, in(2_000))
                    .thenCompose(row -> {
                        long version = row.map(ReplicatedTable.Row::version).orElse(0L);
                        return rows.commit(
                                        List.of(new Condition(fence, version)),
                                        List.of(Change.put(fence, Counter.number(epoch.value()))),
                                        in(2_000))
                                .thenApply(done -> done.applied() ? version + 1 : 0);
                    })
                    .whenComplete((version, error) -> {
                        boolean mine = map.at(shard).epoch().equals(epoch);
                        if (error == null && version > 0 && mine) {
                            TestTenure tenure = new TestTenure(this, shard, epoch, new Condition(fence, version));
                            directory.tenures.put(shard, tenure);
                            host.serve(shard, tenure);
                        } else if (mine) {
                            time.scheduler().schedule(Duration.ofMillis(100), () -> take(shard));
                        }
                    });
        }

        /** Gives a shard away in good order. */
        void drainTo(int shard, Node next) {
            commit(shard, next, true);
            directory.learn(map);
            directory.tenures.remove(shard);
            host.drain(shard).whenComplete((done, error) -> {
                next.directory.learn(map);
                next.take(shard);
            });
        }

        void lose(int shard) {
            directory.tenures.remove(shard);
            host.stop(shard);
        }
    }

    private Optional<Address> address(NodeId node) {
        return Optional.ofNullable(nodes.get(node.value())).map(there -> there.transport.address());
    }

    record TestTenure(Node node, int shard, Epoch epoch, Condition fence) implements Tenure {
        @Override
        public ReplicatedTable table() {
            return node.rows;
        }

        @Override
        public boolean holds() {
            return node.lease;
        }
    }

    final class Directory implements ShardDirectory {
        private final Node node;
        final Map<Integer, Tenure> tenures = new HashMap<>();
        private ShardMap known = ShardMap.empty("entities", SHARDS);
        int learned;

        Directory(Node node) {
            this.node = node;
        }

        @Override
        public NodeId self() {
            return node.id;
        }

        @Override
        public ShardMap map() {
            return known;
        }

        @Override
        public void learn(ShardMap seen) {
            if (seen.revision() > known.revision()) {
                known = seen;
                learned++;
            }
        }

        @Override
        public Optional<Tenure> tenure(int shard) {
            return Optional.ofNullable(tenures.get(shard));
        }

        @Override
        public CompletionStage<Optional<Tenure>> await(int shard, long revision, Deadline deadline) {
            CompletableFuture<Optional<Tenure>> result = new CompletableFuture<>();
            look(shard, revision, deadline, result);
            return result;
        }

        private void look(int shard, long revision, Deadline deadline, CompletableFuture<Optional<Tenure>> result) {
            boolean mine = known.at(shard)
                    .owner()
                    .filter(o -> o.node().equals(node.id))
                    .isPresent();
            if (known.revision() >= revision && !mine) {
                result.complete(Optional.empty());
            } else if (tenures.containsKey(shard)) {
                result.complete(tenure(shard));
            } else if (deadline.isExpired(time.clock().nanoTime())) {
                result.completeExceptionally(new UnavailableException("shard " + shard + " is not served yet"));
            } else {
                time.scheduler().schedule(Duration.ofMillis(5), () -> look(shard, revision, deadline, result));
            }
        }
    }
}
