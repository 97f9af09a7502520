package io.holdfast.sharding.handoff;

import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides who shall own what, on the node that leads the meta group; what a node decides that only believes to lead is refused by the table, or is as good as any other. Belongs to the protocol's thread.
 */
final class Coordinator {
    /** A host in the map of which nothing is heard counts as gone after so many leases. */
    private static final int UNHEARD_LEASES = 5;

    private final ShardingConfig config;
    private final Outlook outlook;
    private final MapDesk desk;
    private final Planner planner;
    private final Map<Integer, ShardMessage.Ready> ready = new HashMap<>();
    /** Shards that were handed over and not served yet, as far as this node knows, and since when. */
    private final Map<Integer, Long> handed = new HashMap<>();
    /** Hosts in the map that are neither there nor known to be gone, and since when. */
    private final Map<Host, Long> unheard = new HashMap<>();

    private long startedNanos;

    Coordinator(ShardingConfig config, Outlook outlook, MapDesk desk, Planner planner) {
        this.config = config;
        this.outlook = outlook;
        this.desk = desk;
        this.planner = planner;
    }

    void onStart(long nowNanos) {
        startedNanos = nowNanos;
    }

    void onReady(ShardMessage.Ready message) {
        ready.put(message.shard(), message);
    }

    void onServed(ShardMessage.Served message) {
        if (outlook.at(message.shard()).epoch().equals(message.epoch())) {
            handed.remove(message.shard());
        }
    }

    /** Nothing of an earlier lead is worth knowing. */
    void onLeader() {
        ready.clear();
        handed.clear();
        unheard.clear();
    }

    void step(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (!outlook.leads() || !outlook.wasRead() || !desk.isFree()) {
            return;
        }
        ShardMap map = outlook.map();
        if (map.revision() == 0) {
            out.publish(new ShardEvent.Decided(map.space(), "founds the map of " + config.shards() + " shards"));
            desk.commit(map.withRules(new ShardRules(false, Map.of(), Set.of(), Set.copyOf(config.requires()))), out);
            return;
        }
        handed.values().removeIf(since -> nowNanos - since > slotLimit().toNanos());
        Map<Integer, Ownership> changes = changes(map, nowNanos, out);
        if (!changes.isEmpty()) {
            desk.commit(map.with(changes), out);
        }
    }

    private Duration slotLimit() {
        return config.drainLimit().plus(config.lease().multipliedBy(2));
    }

    private Map<Integer, Ownership> changes(
            ShardMap map, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Map<Integer, Ownership> changes = new TreeMap<>();
        // who has just started has not heard of all members yet
        if (nowNanos - startedNanos < config.lease().multipliedBy(2).toNanos()) {
            return changes;
        }
        Set<Host> gone = gone(map, nowNanos);
        List<Planner.Move> moves = planner.plan(map, members(map, gone));
        for (Planner.Move move : moves) {
            if (move.urgent() && outlook.neighbour(move.to()).isPresent()) {
                change(changes, move.shard(), map.at(move.shard()).takenBy(move.to()), move.reason(), out);
            }
        }
        int free = config.movesAtOnce() - carryOn(map, gone, changes, nowNanos, out);
        for (Planner.Move move : moves) {
            int shard = move.shard();
            if (free > 0 && isFree(map, move, changes)) {
                change(changes, shard, map.at(shard).preparing(move.to()), move.reason(), out);
                free--;
            }
        }
        return changes;
    }

    private boolean isFree(ShardMap map, Planner.Move move, Map<Integer, Ownership> changes) {
        return !move.urgent()
                && outlook.neighbour(move.to()).isPresent()
                && map.at(move.shard()).target().isEmpty()
                && !handed.containsKey(move.shard())
                && !changes.containsKey(move.shard());
    }

    /** Goes on with the moves under way, and tells how many there are. */
    private int carryOn(
            ShardMap map,
            Set<Host> gone,
            Map<Integer, Ownership> changes,
            long nowNanos,
            Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        int underWay = handed.size();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Ownership own = map.at(shard);
            Optional<Host> target = own.target();
            if (target.isEmpty() || changes.containsKey(shard)) {
                continue;
            }
            Host next = target.orElseThrow();
            if (gone.contains(next) || isLeaving(next)) {
                change(changes, shard, own.without(), next + " is gone, the move is given up", out);
                continue;
            }
            underWay++;
            if (isReady(shard, own, next)) {
                Ownership handedOver = outlook.rules()
                        .next(own, next, own.owner().filter(gone::contains).isPresent());
                change(changes, shard, handedOver, next + " is ready", out);
                ready.remove(shard);
                handed.put(shard, nowNanos);
            }
        }
        return underWay;
    }

    private boolean isReady(int shard, Ownership own, Host target) {
        ShardMessage.Ready said = ready.get(shard);
        return said != null && said.epoch().equals(own.epoch()) && said.target().equals(target);
    }

    private boolean isLeaving(Host host) {
        return outlook.neighbour(host)
                .filter(each -> each.member().leaving())
                .isPresent();
    }

    private static void change(
            Map<Integer, Ownership> changes,
            int shard,
            Ownership next,
            String reason,
            Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        changes.put(shard, next);
        String what = next.target().isPresent() ? "prepares" : "owner of epoch " + next.epoch();
        Host who = next.target().or(next::owner).orElseThrow();
        out.publish(new ShardEvent.Decided("shard-" + shard, who + " " + what + ": " + reason));
    }

    /** The hosts of the map that are gone. One of which nothing was ever heard gets a while to be heard of. */
    private Set<Host> gone(ShardMap map, long nowNanos) {
        Set<Host> named = new HashSet<>();
        map.shards().forEach(own -> {
            own.owner().ifPresent(named::add);
            own.target().ifPresent(named::add);
        });
        named.removeIf(host -> outlook.neighbour(host).isPresent());
        unheard.keySet().retainAll(named);
        Set<Host> gone = new HashSet<>();
        for (Host host : named) {
            long since = unheard.computeIfAbsent(host, any -> nowNanos);
            long limit = config.lease().multipliedBy(UNHEARD_LEASES).toNanos();
            if (outlook.isGone(host) || nowNanos - since >= limit) {
                gone.add(host);
            }
        }
        return gone;
    }

    /** Who is there, and who stands in the map and may be there: the planner is to leave those alone. */
    private List<ShardMember> members(ShardMap map, Set<Host> gone) {
        List<ShardMember> members = new ArrayList<>();
        outlook.members().forEach(each -> members.add(each.member()));
        unheard.keySet().stream()
                .filter(host -> !gone.contains(host))
                .sorted()
                .forEach(host -> members.add(new ShardMember(host, "", 100, map.rules().requires(), false)));
        return members;
    }
}
