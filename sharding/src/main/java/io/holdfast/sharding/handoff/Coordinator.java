package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides who shall own what, on the node that leads the meta group; what a node decides that only believes to lead is refused by the table, or is as good as any other. Belongs to the protocol's thread.
 */
final class Coordinator {
    private final ShardingConfig config;
    private final Outlook outlook;
    private final MapDesk desk;
    private final Attendance attendance;
    private final Map<Integer, ShardMessage.Ready> ready = new HashMap<>();
    private final Map<Integer, ShardMessage.Overtaken> overtaken = new HashMap<>();
    /** Shards that were handed over and not served yet, as far as this node knows, and since when. */
    private final Map<Integer, Long> handed = new HashMap<>();
    /** The latest epoch in which each shard was said to be served. */
    private final Map<Integer, Epoch> served = new HashMap<>();

    private record Preparing(Host target, long sinceNanos) {}

    /** Shards whose target prepares. */
    private final Map<Integer, Preparing> preparing = new HashMap<>();
    /** Targets that did not get ready in time, and since when they are left alone. */
    private final Map<Integer, Long> resting = new HashMap<>();
    /** Why shards move. */
    private final Map<Integer, Reason> moving = new HashMap<>();

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
        this.attendance = new Attendance(outlook);
    }

    void onStart(long nowNanos) {
        startedNanos = nowNanos;
    }

    void onReady(ShardMessage.Ready message) {
        ready.put(message.shard(), message);
    }

    void onOvertaken(ShardMessage.Overtaken message) {
        overtaken.put(message.shard(), message);
    }

    void onServed(ShardMessage.Served message, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        served.put(message.shard(), message.epoch());
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
        overtaken.clear();
        handed.clear();
        served.clear();
        preparing.clear();
        resting.clear();
        moving.clear();
        attendance.forget();
    }

    void step(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (!outlook.leads() || !outlook.wasRead() || !desk.isFree()) {
            return;
        }
        ShardMap map = outlook.map();
        if (map.revision() == 0) {
            ShardRules rules = new ShardRules(false, Map.of(), Set.of(), Set.copyOf(config.requires()));
            String words = "this node has founded the map of " + map.shards().size() + " shards";
            desk.commit(
                    map.founded(rules, outlook.own()),
                    then -> then.publish(new ShardEvent.Decided(map.space(), words)),
                    out);
            return;
        }
        handed.values().removeIf(since -> nowNanos - since > slotLimit().toNanos());
        resting.values().removeIf(since -> nowNanos - since > slotLimit().toNanos());
        Draft draft = new Draft(map);
        decide(draft, map, nowNanos, out);
        if (!draft.isEmpty()) {
            desk.commit(draft.next(), then -> onCommitted(draft, nowNanos, then), out);
        }
    }

    private void onCommitted(Draft draft, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        for (Move move : draft.moves()) {
            handed.remove(move.shard());
            preparing.remove(move.shard());
            ended(move.shard(), false, out);
            if (move.reason().urgent()) {
                out.publish(new ShardEvent.Moved(move.reason(), true));
            } else if (!move.takesBack()) {
                moving.put(move.shard(), move.reason());
            }
        }
        for (int shard : draft.handed()) {
            ready.remove(shard);
            preparing.remove(shard);
            if (draft.at(shard).epoch().equals(served.get(shard))) {
                ended(shard, true, out); // the new owner was faster than the word that the map is committed
            } else {
                handed.put(shard, nowNanos);
            }
        }
        draft.tell(out);
    }

    /** After that a move holds none of the few places any more. */
    private Duration slotLimit() {
        return config.drainLimit().plus(outlook.lease().multipliedBy(2));
    }

    private void decide(Draft draft, ShardMap map, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        // who has just started has not heard of all members yet
        if (nowNanos - startedNanos < outlook.lease().multipliedBy(2).toNanos()) {
            return;
        }
        List<ShardMember> members = attendance.members(map, nowNanos);
        if (isFounding(map, members, nowNanos)) {
            return;
        }
        List<Move> moves = plan(map, members, out);
        moves.stream()
                .filter(move ->
                        move.reason().urgent() || map.at(move.shard()).target().isPresent())
                .forEach(draft::move);
        catchUp(draft, map);
        int free = config.movesAtOnce() - carryOn(draft, map, nowNanos);
        for (Move move : moves) {
            if (free > 0 && mayBegin(move, map) && !draft.changes(move.shard())) {
                draft.move(move);
                free--;
            }
        }
    }

    /** The nodes of a young cluster come one after the other: who came first would get everything, and hand most of it on at once. */
    private boolean isFounding(ShardMap map, List<ShardMember> members, long nowNanos) {
        if (!members.equals(settling)) {
            settling = members;
            settlingNanos = nowNanos;
        }
        return map.shards().stream().allMatch(Ownership.NONE::equals)
                && nowNanos - settlingNanos < outlook.lease().multipliedBy(2).toNanos();
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
                && !handed.containsKey(move.shard())
                && !resting.containsKey(move.shard());
    }

    /** Puts epochs beyond the fences that are ahead of them. */
    private void catchUp(Draft draft, ShardMap map) {
        overtaken.values().removeIf(said -> !map.at(said.shard()).epoch().equals(said.epoch()));
        overtaken.forEach((shard, said) -> {
            if (!draft.changes(shard)) {
                draft.change(
                        shard,
                        map.at(shard).beyond(said.fence()),
                        "its fence is of epoch " + said.fence() + ", the map's is " + said.epoch()
                                + ": they were restored from backups of different moments");
            }
        });
    }

    /** Hands over what is ready, gives up what does not get ready, and tells how many moves are under way. */
    private int carryOn(Draft draft, ShardMap map, long nowNanos) {
        int underWay = handed.size();
        preparing.keySet().removeIf(shard -> map.at(shard).target().isEmpty());
        for (int shard = 0; shard < map.shards().size(); shard++) {
            Ownership own = draft.at(shard);
            if (own.target().isEmpty()) {
                continue;
            }
            underWay++;
            Host target = own.target().orElseThrow();
            if (draft.changes(shard)) {
                continue;
            }
            Preparing known = preparing.get(shard);
            if (known == null || !known.target().equals(target)) {
                known = new Preparing(target, nowNanos);
                preparing.put(shard, known);
            }
            if (isReady(shard, own, target)) {
                draft.hand(shard, target);
            } else if (nowNanos - known.sinceNanos() > slotLimit().toNanos()) {
                resting.put(shard, nowNanos);
                draft.change(shard, own.without(), target + " has not got ready; it is asked again later");
            }
        }
        return underWay;
    }

    private boolean isReady(int shard, Ownership own, Host target) {
        ShardMessage.Ready said = ready.get(shard);
        return said != null && said.epoch().equals(own.epoch()) && said.target().equals(target);
    }
}
