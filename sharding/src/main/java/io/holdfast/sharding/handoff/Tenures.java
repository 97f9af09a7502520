package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.Tenure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node serves, and who is told. Changed by the protocol's thread, asked by all. */
final class Tenures {
    private static final Logger log = LoggerFactory.getLogger(Tenures.class);

    private final ShardTables tables;
    private final Lease lease;
    private final HandoffRules rules;
    private final List<ShardTenant> tenants;
    private final Consumer<ShardRequest> answers;
    private final Map<Integer, HeldTenure> served = new ConcurrentHashMap<>();
    private final Map<Integer, HeldTenure> drained = new ConcurrentHashMap<>();

    Tenures(
            ShardTables tables,
            Lease lease,
            HandoffRules rules,
            List<ShardTenant> tenants,
            Consumer<ShardRequest> answers) {
        this.tables = tables;
        this.lease = lease;
        this.rules = rules;
        this.tenants = List.copyOf(tenants);
        this.answers = answers;
    }

    Optional<Tenure> at(int shard) {
        return Optional.ofNullable(served.get(shard));
    }

    int count() {
        return served.size();
    }

    void warm(ShardEvent.Warm asked) {
        whenAll(tenant -> tenant.warm(asked.shard()))
                .thenRun(() -> answers.accept(new ShardRequest.Warmed(asked.shard(), asked.epoch())));
    }

    void serve(ShardEvent.Serve asked) {
        int shard = asked.shard();
        HeldTenure tenure = new HeldTenure(
                shard,
                asked.epoch(),
                tables.tableOf(shard),
                new Condition(tables.fenceKey(shard), asked.fenceVersion()),
                lease);
        tenants.forEach(tenant -> guarded("serve", shard, () -> tenant.serve(shard, tenure)));
        served.put(shard, tenure);
    }

    void drain(ShardEvent.Drain asked) {
        HeldTenure tenure = served.remove(asked.shard());
        if (tenure == null) {
            return;
        }
        if (!rules.renewsWhileDraining()) {
            tenure.freeze();
        }
        drained.put(asked.shard(), tenure);
        whenAll(tenant -> tenant.drain(asked.shard())).thenRun(() -> {
            tenure.end();
            drained.remove(asked.shard(), tenure);
            ended(asked.shard(), asked.epoch());
        });
    }

    void stop(ShardEvent.Stop asked) {
        int shard = asked.shard();
        end(served, shard, asked.epoch());
        end(drained, shard, asked.epoch());
        tenants.forEach(tenant -> guarded("stop", shard, () -> tenant.stop(shard)));
        ended(shard, asked.epoch());
    }

    /** Ends all, at once. */
    void close() {
        Set<Integer> shards = new TreeSet<>(served.keySet());
        shards.addAll(drained.keySet());
        served.values().forEach(HeldTenure::end);
        drained.values().forEach(HeldTenure::end);
        served.clear();
        drained.clear();
        shards.forEach(shard -> tenants.forEach(tenant -> guarded("stop", shard, () -> tenant.stop(shard))));
    }

    private static void end(Map<Integer, HeldTenure> tenures, int shard, Epoch epoch) {
        HeldTenure tenure = tenures.get(shard);
        if (tenure != null && tenure.epoch().equals(epoch)) {
            tenure.end();
            tenures.remove(shard);
        }
    }

    private void ended(int shard, Epoch epoch) {
        answers.accept(new ShardRequest.Ended(shard, epoch));
    }

    /** A failure of a tenant is a completion. */
    private CompletableFuture<Void> whenAll(Function<ShardTenant, CompletionStage<?>> asked) {
        CompletableFuture<?>[] all = tenants.stream()
                .map(tenant -> {
                    try {
                        return asked.apply(tenant)
                                .<Object>handle((done, failure) -> Optional.empty())
                                .toCompletableFuture();
                    } catch (RuntimeException | Error e) {
                        log.error("a tenant of shards failed; the others go on", e);
                        return CompletableFuture.<Object>completedFuture(Optional.empty());
                    }
                })
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(all);
    }

    private static void guarded(String what, int shard, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("a tenant failed to {} shard {}; the others go on", what, shard, e);
        }
    }
}
