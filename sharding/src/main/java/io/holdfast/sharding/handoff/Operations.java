package io.holdfast.sharding.handoff;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Scheduler;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardRules;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What operators can change of the placement, from any node. Each completes when the change stands in the committed map, and fails with {@link UnavailableException} if it does not within ten seconds (it
 * may come to stand later; it does no harm to ask again), or if too many changes wait. Safe for use by many threads.
 */
public final class Operations {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Consumer<ShardRequest> loop;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    Operations(Scheduler scheduler, Consumer<ShardRequest> loop) {
        this.scheduler = scheduler;
        this.loop = loop;
    }

    private CompletionStage<Void> change(String what, UnaryOperator<ShardRules> change) {
        return changeOf(what, map -> change.apply(map.rules()));
    }

    private CompletionStage<Void> changeOf(String what, Function<ShardMap, ShardRules> change) {
        long id = ids.incrementAndGet();
        CompletableFuture<Void> future = new CompletableFuture<>();
        waiting.put(id, future);
        var timer = scheduler.schedule(
                LIMIT,
                () -> future.completeExceptionally(new UnavailableException(
                        what + " does not stand in the shard map after 10 s; see whether the group of the map has a"
                                + " leader, and ask again")));
        future.whenComplete((done, failure) -> {
            timer.close();
            waiting.remove(id);
        });
        loop.accept(new ShardRequest.ChangeRules(id, change));
        return future.minimalCompletionStage();
    }

    void onChanged(ShardEvent.RulesChanged changed) {
        CompletableFuture<Void> future = waiting.get(changed.id());
        if (future != null) {
            changed.failure().ifPresentOrElse(future::completeExceptionally, () -> future.complete(null));
        }
    }

    /**
     * Stops live moves; shards that nobody serves are placed all the same.
     *
     * @return completes when it stands
     */
    public CompletionStage<Void> pause() {
        return change("the pause", rules -> rules.withPaused(true));
    }

    /**
     * Lets shards move again.
     *
     * @return completes when it stands
     */
    public CompletionStage<Void> resume() {
        return change("the end of the pause", rules -> rules.withPaused(false));
    }

    /**
     * Keeps a shard on a node, as long as it is there.
     *
     * @param shard the shard
     * @param node the node
     * @return completes when it stands; fails with {@link IllegalArgumentException} if the space has no such shard
     */
    public CompletionStage<Void> pin(int shard, NodeId node) {
        return changeOf("the pin of shard " + shard, map -> {
            Check.between("shard", shard, 0, map.shards().size() - 1);
            Map<Integer, NodeId> pins = new TreeMap<>(map.rules().pins());
            pins.put(shard, node);
            return map.rules().withPins(pins);
        });
    }

    /**
     * Lets a shard move again.
     *
     * @param shard the shard
     * @return completes when it stands, also if it was not pinned
     */
    public CompletionStage<Void> unpin(int shard) {
        return change("the end of the pin of shard " + shard, rules -> {
            Map<Integer, NodeId> pins = new TreeMap<>(rules.pins());
            pins.remove(shard);
            return rules.withPins(pins);
        });
    }

    /**
     * Lets a node own nothing: what it has moves away.
     *
     * @param node the node, there or not
     * @return completes when it stands; fails with {@link IllegalArgumentException} if there are {@value ShardRules#MAX_BANS} bans already
     */
    public CompletionStage<Void> ban(NodeId node) {
        return change("the ban of node " + node, rules -> {
            Set<NodeId> bans = new TreeSet<>(rules.bans());
            bans.add(node);
            return rules.withBans(bans);
        });
    }

    /**
     * Lets a node own shards again.
     *
     * @param node the node
     * @return completes when it stands, also if it was not banned
     */
    public CompletionStage<Void> unban(NodeId node) {
        return change("the end of the ban of node " + node, rules -> {
            Set<NodeId> bans = new TreeSet<>(rules.bans());
            bans.remove(node);
            return rules.withBans(bans);
        });
    }

    void close() {
        waiting.values()
                .forEach(future -> future.completeExceptionally(
                        new UnavailableException("this node was closed; ask another one")));
    }
}
