package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.map.Host;
import io.holdfast.testkit.sim.SimHost;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A node of {@link HandoffSim}: the protocol, with the shell's own parts for tables and tenures, and a tenant. */
final class SimShards implements Protocol<ShardRequest, ShardMessage, ShardTimer, ShardEvent> {
    static final String SPACE = "entities";

    final SimHost host;
    final Host self;
    final SimTenant tenant;
    private final ShardNode node;
    private final Duties duties;
    private boolean leaving;
    private boolean able = true;

    SimShards(
            SimHost host,
            ShardingConfig config,
            HandoffRules rules,
            ReplicatedTable meta,
            List<ReplicatedTable> data,
            Judge judge,
            HandoffSim sim) {
        this.host = host;
        this.self = new Host(host.id(), host.life());
        this.tenant = new SimTenant(self, host.environment(), judge);
        this.node = new ShardNode(SPACE, self, config, data.size(), rules);
        MonotonicClock clock = host.environment().clock();
        Consumer<ShardRequest> answers = request -> sim.request(this, request);
        Lease lease = new Lease(clock, rules);
        ShardTables tables = new Tables(SPACE, self, meta, data, clock, config.lease(), answers);
        Tenures tenures = new Tenures(tables, lease, rules, List.of(tenant), answers);
        this.duties = new Duties(tables, tenures, lease, event -> {
            if (event instanceof ShardEvent.Leaving) {
                leaving = true;
            } else if (event instanceof ShardEvent.Able changed) {
                able = changed.able();
            } else if (event instanceof ShardEvent.Left) {
                sim.left(this);
            }
        });
    }

    /** Leaves the condition out where a mutant does not ask for one. */
    private static final class Tables extends ShardTables {
        private final Host self;
        private final Consumer<ShardRequest> answers;
        private final MonotonicClock clock;
        private final Duration lease;

        Tables(
                String space,
                Host self,
                ReplicatedTable meta,
                List<ReplicatedTable> data,
                MonotonicClock clock,
                Duration lease,
                Consumer<ShardRequest> answers) {
            super(space, self, meta, data, clock, lease, answers, () -> {});
            this.self = self;
            this.answers = answers;
            this.clock = clock;
            this.lease = lease;
        }

        @Override
        List<Condition> conditions(String key, long expected) {
            return expected < 0 ? List.of() : super.conditions(key, expected);
        }

        /** The version is not known before: it is read. */
        @Override
        void commit(ShardEvent.CommitFence asked) {
            if (asked.expected() >= 0) {
                super.commit(asked);
                return;
            }
            ReplicatedTable table = tableOf(asked.shard());
            String key = fenceKey(asked.shard());
            byte[] value = FenceCodec.encode(asked.epoch(), self);
            var deadline = Deadline.after(clock.nanoTime(), lease);
            table.commit(List.of(), List.of(Change.put(key, value)), deadline)
                    .thenCompose(done -> table.get(key, ReadConsistency.LINEARIZABLE, deadline))
                    .whenComplete((row, failure) -> {
                        if (failure == null) {
                            answers.accept(new ShardRequest.FenceCommitted(
                                    asked.shard(),
                                    asked.epoch(),
                                    row.orElseThrow().version() - 1,
                                    ShardRequest.Outcome.APPLIED));
                        } else {
                            answers.accept(new ShardRequest.FenceCommitted(
                                    asked.shard(), asked.epoch(), 0, ShardRequest.Outcome.UNKNOWN));
                        }
                    });
        }
    }

    @Override
    public String toString() {
        return self + " run " + self.run() + " by map " + node.map().revision();
    }

    /** Whether it takes shards. */
    boolean offers() {
        return !leaving && able;
    }

    ShardNode node() {
        return node;
    }

    void carryOut(ShardEvent event) {
        duties.carryOut(event);
    }

    /** Whether this node serves every shard that the latest map gives it. */
    boolean serves(int shard) {
        return node.map().at(shard).owner().filter(self::equals).isPresent()
                && tenant.serves(shard, node.map().at(shard).epoch());
    }

    @Override
    public void onStart(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        node.onStart(nowNanos, out);
        tenant.start();
    }

    @Override
    public void onRequest(ShardRequest request, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        node.onRequest(request, nowNanos, out);
    }

    @Override
    public void onMessage(
            Address from, ShardMessage message, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        node.onMessage(from, message, nowNanos, out);
    }

    @Override
    public void onTimer(ShardTimer timer, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        node.onTimer(timer, nowNanos, out);
    }
}
