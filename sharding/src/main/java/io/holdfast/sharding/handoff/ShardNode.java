package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One node's part in a shard space: which shards it serves, and, where it leads the meta group, who shall serve which. Its rules are in docs/adr/0013-sharding.md.
 *
 * <p>Ownership follows from the committed map and the fences alone: this protocol asks for reads and commits, the tables decide. Not thread-safe, as every {@link Protocol}.
 */
public final class ShardNode implements Protocol<ShardRequest, ShardMessage, ShardTimer, ShardEvent> {
    /** A node that cannot read the map for so many leases owns nothing until it can, though it lives. */
    private static final int UNABLE_LEASES = 9;

    private static final Duration FIRST_LEASE = Duration.ofSeconds(1);

    private final ShardingConfig config;
    private final Outlook outlook;
    private final HandoffRules rules;
    private final MapDesk desk;
    private final Coordinator coordinator;
    private final Wishes wishes;
    private final Departure departure;
    private List<Seat> seats = List.of();
    private boolean able = true;
    private long tickedNanos;
    private boolean leased;
    private long leasedUntil;
    private long askedNanos;

    /**
     * Makes a node that knows nothing yet.
     *
     * @param groups over how many groups its shards would be spread
     */
    ShardNode(String space, Host self, ShardingConfig config, int groups, HandoffRules rules) {
        this.config = config;
        this.rules = rules;
        this.outlook = new Outlook(
                self, rules, ShardMap.empty(space, config.shards()), new ShardTerms(config.lease(), groups));
        this.desk = new MapDesk(outlook);
        this.coordinator = new Coordinator(config, outlook, desk);
        this.wishes = new Wishes(outlook, desk);
        this.departure = new Departure(outlook);
        seats(config.shards());
    }

    private void seats(int count) {
        List<Seat> made = new ArrayList<>();
        IntStream.range(0, count).forEach(shard -> made.add(new Seat(shard, config, outlook)));
        seats = List.copyOf(made);
    }

    /**
     * The latest map that this node knows.
     *
     * @return the map, of revision 0 before the first
     */
    public ShardMap map() {
        return outlook.map();
    }

    @Override
    public void onStart(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        coordinator.onStart(nowNanos);
        tickedNanos = nowNanos;
        tick(nowNanos, out);
    }

    /** Every third of a lease, so that one read may be lost. */
    private void tick(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        Duration lease = outlook.lease();
        boolean early = outlook.map().revision() == 0 && lease.compareTo(FIRST_LEASE) > 0; // the map's may be shorter
        out.wakeAt(nowNanos + (early ? FIRST_LEASE : lease).dividedBy(3).toNanos(), new ShardTimer.Tick());
        long since = tickedNanos;
        tickedNanos = nowNanos;
        read(nowNanos, out);
        seats.forEach(seat -> seat.onTick(nowNanos, out));
        judge(since, nowNanos, out);
        step(nowNanos, out);
    }

    /**
     * Whether this node can do what owners do, as far as its lease tells. One that could not coordinates nothing at first when it can again: others, too, may just have found their group again. A node that was stopped
     * itself has asked nobody meanwhile, and judges by what it hears next.
     */
    private void judge(long sinceNanos, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        boolean stopped = nowNanos - sinceNanos > outlook.lease().toNanos();
        boolean lapsed = leased
                && nowNanos - leasedUntil
                        > outlook.lease().multipliedBy(UNABLE_LEASES).toNanos();
        boolean now = !lapsed || (able && stopped);
        if (now != able) {
            able = now;
            coordinator.onStart(nowNanos);
            out.publish(new ShardEvent.Able(able));
        }
    }

    private void read(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        askedNanos = nowNanos;
        out.publish(new ShardEvent.ReadMap(nowNanos, outlook.map().revision()));
    }

    /** Others know a newer map; they may say so for many shards at once. */
    private void readSoon(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (nowNanos - askedNanos >= outlook.lease().dividedBy(20).toNanos()) {
            read(nowNanos, out);
        }
    }

    private void onNewer(long revision, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (revision > outlook.map().revision()) {
            readSoon(nowNanos, out);
        }
    }

    private void step(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        wishes.step(out);
        coordinate(nowNanos, out);
        departure.step(() -> seats.stream().anyMatch(Seat::isBusy), out);
    }

    /** Whatever becomes of other nodes' shards, what this turn has to say of this node's own is said. */
    private void coordinate(long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        try {
            coordinator.step(nowNanos, out);
        } catch (RuntimeException e) {
            out.publish(new ShardEvent.Stuck(e));
        }
    }

    @Override
    public void onRequest(ShardRequest request, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (request instanceof ShardRequest.MembersSeen seen) {
            outlook.members(seen);
        } else if (request instanceof ShardRequest.LeaderSeen seen) {
            outlook.leader(seen.leader());
            coordinator.onLeader();
        } else if (request instanceof ShardRequest.MapRead read) {
            onRead(read, nowNanos, out);
        } else if (request instanceof ShardRequest.MapLearned learned) {
            learn(learned.map(), nowNanos, nowNanos, out);
        } else if (request instanceof ShardRequest.NewerExists newer) {
            onNewer(newer.revision(), nowNanos, out);
        } else if (request instanceof ShardRequest.MapCommitted committed) {
            desk.onCommitted(committed, nowNanos, out).ifPresent(map -> {
                learn(map, nowNanos, nowNanos, out);
                tell(map, out);
            });
        } else if (request instanceof ShardRequest.ChangeRules wish) {
            wishes.add(wish, out);
        } else if (request instanceof ShardRequest.Leave leave) {
            departure.begin(leave.limit(), nowNanos, out);
        } else {
            onShard(request, nowNanos, out);
        }
        step(nowNanos, out);
    }

    private void onShard(ShardRequest request, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (request instanceof ShardRequest.FenceRead read) {
            if (seats.get(read.shard()).onFence(read, nowNanos, out)) {
                readSoon(nowNanos, out);
            }
        } else if (request instanceof ShardRequest.FenceCommitted committed) {
            seats.get(committed.shard()).onFenced(committed, nowNanos, out);
        } else if (request instanceof ShardRequest.Warmed warmed) {
            seats.get(warmed.shard()).onWarmed(warmed.epoch(), out);
        } else if (request instanceof ShardRequest.Ended ended) {
            seats.get(ended.shard()).onEnded(ended.epoch(), out);
        }
    }

    /** What is lost ends before the lease of the rest is renewed. */
    private void onRead(ShardRequest.MapRead read, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        outlook.onRead(read.beganNanos());
        desk.onRead(read.beganNanos());
        read.map().ifPresent(map -> learn(map, nowNanos, read.beganNanos(), out));
        long found = read.map().map(ShardMap::revision).orElse(0L);
        if (!rules.confirms(found, read.known())) {
            if (found < read.known()) {
                out.publish(new ShardEvent.WentBack(read.known(), found));
            }
            return;
        }
        long until =
                rules.leasedFrom(read.beganNanos(), nowNanos) + outlook.lease().toNanos();
        if (!leased || until - leasedUntil > 0) {
            leased = true;
            leasedUntil = until;
            out.publish(new ShardEvent.Leased(until));
        }
    }

    private void learn(
            ShardMap seen, long nowNanos, long beganNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        ShardMap known = outlook.map();
        if (!rules.isNewer(seen, known)) {
            return;
        }
        boolean otherSize = seen.shards().size() != seats.size();
        if (otherSize && known.revision() == 0) {
            seats(seen.shards().size());
        } else if (otherSize) {
            throw new IllegalStateException("map " + seen.revision() + " of space " + seen.space() + " has "
                    + seen.shards().size() + " shards, those before had " + seats.size()
                    + "; no map may do so: restart this node, and see who writes the table of the map");
        }
        outlook.map(seen);
        out.publish(new ShardEvent.MapChanged(seen));
        for (int shard = 0; shard < seats.size(); shard++) {
            if (known.revision() == 0 || !seen.at(shard).equals(known.at(shard))) {
                seats.get(shard).onOwnership(nowNanos, beganNanos, out);
            }
        }
    }

    private void tell(ShardMap map, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        for (Neighbour each : outlook.members()) {
            if (!each.member().host().equals(outlook.self())) {
                out.send(each.address(), new ShardMessage.News(map));
            }
        }
    }

    @Override
    public void onMessage(
            Address from, ShardMessage message, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (message instanceof ShardMessage.News news) {
            learn(news.map(), nowNanos, nowNanos, out);
        } else if (message instanceof ShardMessage.Ready ready && isKnown(ready.shard())) {
            coordinator.onReady(ready);
        } else if (message instanceof ShardMessage.Served served && isKnown(served.shard())) {
            coordinator.onServed(served, out);
        } else if (message instanceof ShardMessage.Overtaken overtaken && isKnown(overtaken.shard())) {
            coordinator.onOvertaken(overtaken);
        } else if (message instanceof ShardMessage.MayI question && isKnown(question.shard())) {
            onNewer(question.revision(), nowNanos, out);
            seats.get(question.shard()).release(out);
        } else if (message instanceof ShardMessage.Released released && isKnown(released.shard())) {
            seats.get(released.shard()).onReleased(released, nowNanos, out);
        }
        step(nowNanos, out);
    }

    /** Messages may name anything. */
    private boolean isKnown(int shard) {
        return shard < seats.size();
    }

    @Override
    public void onTimer(ShardTimer timer, long nowNanos, Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (timer instanceof ShardTimer.Tick) {
            tick(nowNanos, out);
            return;
        }
        if (timer instanceof ShardTimer.WaitOver over) {
            seats.get(over.shard()).onWaitOver(nowNanos, out);
        } else if (timer instanceof ShardTimer.DrainOver over) {
            seats.get(over.shard()).onDrainOver(over.epoch(), out);
        } else if (timer instanceof ShardTimer.LeaveOver) {
            departure.onLate();
        }
        step(nowNanos, out);
    }
}
