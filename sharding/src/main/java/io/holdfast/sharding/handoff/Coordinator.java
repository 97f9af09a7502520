package io.holdfast.sharding.handoff;

import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import io.holdfast.sharding.placement.Move;
import io.holdfast.sharding.placement.Placement;
import io.holdfast.sharding.placement.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides who shall own what, on the node that leads the meta group; what a node decides that only believes to lead is refused by the table, or is as good as any other. Belongs to the protocol's thread.
 */
final class Coordinator {
    /** A host in the map of which nothing is heard counts as gone after so many leases. */
    private static final int UNHEARD_LEASES = 5;

    private static final int MOST_WORDS = 16;

    private final ShardingConfig config;
    private final Outlook outlook;
    private final MapDesk desk;
    private final Map<Integer, ShardMessage.Ready> ready = new HashMap<>();
    /** Shards that were handed over and not served yet, as far as this node knows, and since when. */
    private final Map<Integer, Long> handed = new HashMap<>();
    /** Why shards move. */
    private final Map<Integer, Reason> moving = new HashMap<>();
    /** What is decided in this step, for people. */
    private final Map<Integer, String> words = new TreeMap<>();
    /** Hosts in the map that are neither there nor known to be gone, and since when. */
    private final Map<Host, Long> unheard = new HashMap<>();

    private long startedNanos;
    private List<ShardMember> settling = List.of();
    private long settlingNanos;
    private boolean rebalancing;
    private ShardMap plannedMap = ShardMap.empty("none", 1);
    private List<ShardMember> plannedMembers = List.of();
    private List<Move> planned = List.of();

    Coordinator(ShardingConfig config, Outlook outlook, MapDesk desk) {
        this.config = config;
        this.outlook = outlook;
        this.desk = desk;
    }

    void onStart(long nowNanos) {
        startedNanos = nowNanos;
    }

    void onReady(ShardMessage.Ready message) {
        ready.put(message.shard(), message);
    }

    void onServed(ShardMessage.Served message, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        boolean waited =
                outlook.at(message.shard()).epoch().equals(message.epoch()) && handed.remove(message.shard()) != null;
        if (waited) {
            ended(message.shard(), true, out);
        }
    }

    private void ended(int shard, boolean done, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Reason reason = moving.remove(shard);
        if (reason != null) {
            out.publish(new ShardEvent.Moved(reason, done));
        }
    }

    /** Nothing of an earlier lead is worth knowing. */
    void onLeader() {
        ready.clear();
        handed.clear();
        moving.clear();
        unheard.clear();
    }

    void step(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (!outlook.leads() || !outlook.wasRead() || !desk.isFree()) {
            return;
        }
        ShardMap map = outlook.map();
        if (map.revision() == 0) {
            out.publish(
                    new ShardEvent.Decided(map.space(), "this node founds the map of " + config.shards() + " shards"));
            desk.commit(map.withRules(new ShardRules(false, Map.of(), Set.of(), Set.copyOf(config.requires()))), out);
            return;
        }
        handed.values().removeIf(since -> nowNanos - since > slotLimit().toNanos());
        Map<Integer, Ownership> changes = changes(map, nowNanos, out);
        if (!changes.isEmpty()) {
            desk.commit(map.with(changes), out);
        }
        tell(map, out);
    }

    /** A node that dies changes many shards at once, for one reason: that is one decision. */
    private void tell(ShardMap map, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (words.size() <= MOST_WORDS) {
            words.forEach((shard, text) -> out.publish(new ShardEvent.Decided("shard-" + shard, text)));
        } else {
            Map.Entry<Integer, String> first = words.entrySet().iterator().next();
            out.publish(new ShardEvent.Decided(
                    map.space(),
                    words.size() + " shards change, for instance shard " + first.getKey() + ": " + first.getValue()));
        }
        words.clear();
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
        List<ShardMember> members = members(map, gone(map, nowNanos));
        if (isFounding(map, members, nowNanos)) {
            return changes;
        }
        List<Move> moves = plan(map, members, out);
        moves.stream()
                .filter(move ->
                        move.reason().urgent() || map.at(move.shard()).target().isPresent())
                .forEach(move -> change(changes, move, map, out));
        int free = config.movesAtOnce() - carryOn(map, changes, nowNanos);
        for (Move move : moves) {
            if (free > 0 && mayBegin(move, map)) {
                change(changes, move, map, out);
                free--;
            }
        }
        return changes;
    }

    /** The nodes of a young cluster come one after the other: who came first would get everything, and hand most of it on at once. */
    private boolean isFounding(ShardMap map, List<ShardMember> members, long nowNanos) {
        if (!members.equals(settling)) {
            settling = members;
            settlingNanos = nowNanos;
        }
        return map.shards().stream().allMatch(Ownership.NONE::equals)
                && nowNanos - settlingNanos < config.lease().multipliedBy(2).toNanos();
    }

    private List<Move> plan(ShardMap map, List<ShardMember> members, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (map != plannedMap || !members.equals(plannedMembers)) {
            plannedMap = map;
            plannedMembers = members;
            planned = Placement.plan(map, members).moves().stream()
                    .filter(move -> outlook.neighbour(move.to()).isPresent())
                    .toList();
            summarize(map, out);
        }
        return planned;
    }

    /** Many live moves are one event for people: when they begin, and when all are done. */
    private void summarize(ShardMap map, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        List<Move> live =
                planned.stream().filter(move -> !move.reason().urgent()).toList();
        boolean busy = !live.isEmpty()
                || map.shards().stream().anyMatch(own -> own.target().isPresent());
        if (busy && !rebalancing && !live.isEmpty()) {
            Move first = live.get(0);
            out.publish(new ShardEvent.Decided(
                    map.space(),
                    live.size() + " shards shall move, for instance shard " + first.shard() + " to " + first.to() + ": "
                            + first.explain()));
        } else if (rebalancing && !busy) {
            out.publish(new ShardEvent.Decided(map.space(), "every shard is where it shall be"));
        }
        rebalancing = busy;
    }

    /** A host of which nothing is heard yet would not answer. */
    private boolean mayBegin(Move move, ShardMap map) {
        return !move.reason().urgent()
                && map.at(move.shard()).target().isEmpty()
                && move.from().flatMap(outlook::neighbour).isPresent()
                && !handed.containsKey(move.shard());
    }

    /** Hands over what is ready, and tells how many moves are under way. */
    private int carryOn(ShardMap map, Map<Integer, Ownership> changes, long nowNanos) {
        int underWay = handed.size();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Ownership own = changes.getOrDefault(shard, map.at(shard));
            if (own.target().isEmpty()) {
                continue;
            }
            underWay++;
            Host target = own.target().orElseThrow();
            if (!changes.containsKey(shard) && isReady(shard, own, target)) {
                changes.put(shard, own.handedTo(target));
                words.put(
                        shard,
                        target + " is ready and gets it from " + own.owner().orElseThrow());
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

    private void change(
            Map<Integer, Ownership> changes,
            Move move,
            ShardMap map,
            Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        changes.put(move.shard(), move.next(map.at(move.shard())));
        handed.remove(move.shard());
        ended(move.shard(), false, out);
        if (move.reason().urgent()) {
            out.publish(new ShardEvent.Moved(move.reason(), true));
        } else if (!move.takesBack()) {
            moving.put(move.shard(), move.reason());
        }
        words.put(move.shard(), move.explain());
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
                .forEach(host ->
                        members.add(new ShardMember(host, "", 100, map.rules().requires(), false)));
        return members;
    }
}
