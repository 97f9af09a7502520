package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The other members that this node knows, dead ones included, in the order in which they are probed. Pure state: who decides is {@link Verdicts}. */
final class MemberTable {
    /** A member and what this node alone knows of it. */
    static final class Entry {
        final NodeId id;
        Address address;
        String zone;
        long incarnation;
        MemberState state;
        long sinceNanos;

        @Nullable Suspicion suspicion;
        /** When its connection was seen closed or refused; {@link Long#MIN_VALUE} if not, or if it answered since. */
        long lostNanos = Long.MIN_VALUE;
        /** It was dead and lives again; views are not compared yet. */
        boolean returned;

        Entry(Rumor.OfMember rumor, long nowNanos) {
            this.id = rumor.id();
            this.address = rumor.address();
            this.zone = rumor.zone();
            this.incarnation = rumor.incarnation();
            this.state = rumor.state();
            this.sinceNanos = nowNanos;
        }

        boolean live() {
            return state == MemberState.ALIVE || state == MemberState.SUSPECT;
        }

        boolean lost() {
            return lostNanos != Long.MIN_VALUE;
        }

        Member member() {
            return new Member(id, address, zone, incarnation, state);
        }

        /** What {@code teller} says of it. To repeat a suspicion is no accusation of one's own: it would confirm itself. */
        Rumor.OfMember rumor(NodeId teller) {
            NodeId accuser = suspicion == null ? teller : suspicion.accuser();
            return new Rumor.OfMember(id, address, zone, incarnation, state, accuser);
        }

        /** Rumours of one member are totally ordered by (incarnation, ALIVE < SUSPECT < DEAD < LEFT), so merging them in any order ends the same (SWIM, section 4.2). */
        boolean olderThan(Rumor.OfMember rumor) {
            return rumor.incarnation() > incarnation
                    || (rumor.incarnation() == incarnation && rumor.state().compareTo(state) > 0);
        }
    }

    private final Map<NodeId, Entry> byId = new HashMap<>();
    private final List<Entry> order = new ArrayList<>();
    private final RandomGenerator random;
    private int next;
    private int live;

    MemberTable(RandomGenerator random) {
        this.random = random;
    }

    @Nullable Entry find(NodeId id) {
        return byId.get(id);
    }

    @Nullable Entry findLive(Address address) {
        for (Entry entry : order) {
            if (entry.live() && entry.address.equals(address)) {
                return entry;
            }
        }
        return null;
    }

    Collection<Entry> all() {
        return order;
    }

    int size() {
        return order.size();
    }

    /** How many others are alive or suspected. */
    int live() {
        return live;
    }

    /** A newcomer takes a random place in the round (SWIM, section 4.3). */
    void add(Entry entry) {
        byId.put(entry.id, entry);
        int place = random.nextInt(order.size() + 1);
        order.add(place, entry);
        if (place < next) {
            next++;
        }
        if (entry.live()) {
            live++;
        }
    }

    void set(Entry entry, Rumor.OfMember rumor, long nowNanos) {
        live -= entry.live() ? 1 : 0;
        if (entry.state != rumor.state()) {
            entry.sinceNanos = nowNanos;
        }
        entry.address = rumor.address();
        entry.zone = rumor.zone();
        entry.incarnation = rumor.incarnation();
        entry.state = rumor.state();
        live += entry.live() ? 1 : 0;
    }

    void remove(Entry entry) {
        byId.remove(entry.id);
        int place = order.indexOf(entry);
        order.remove(place);
        if (place < next) {
            next--;
        }
        live -= entry.live() ? 1 : 0;
    }

    /** Round-robin over a random order, shuffled anew after each round, so that the time until a member is probed is bounded (SWIM, section 4.3). */
    @Nullable Entry nextToProbe() {
        for (int tried = 0; tried <= order.size(); tried++) {
            if (next >= order.size()) {
                shuffle();
                next = 0;
            }
            if (next < order.size()) {
                Entry entry = order.get(next++);
                if (entry.live()) {
                    return entry;
                }
            }
        }
        return null;
    }

    private void shuffle() {
        for (int i = order.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Entry entry = order.get(i);
            order.set(i, order.get(j));
            order.set(j, entry);
        }
    }

    /**
     * Up to {@code count} different members that fit, each set of them equally likely. A few of many are drawn by lot, so that gossip in a large cluster does not look at every member;
     * where too few fit for that, by reservoir sampling over all.
     */
    List<Entry> sample(int count, Predicate<Entry> fits) {
        List<Entry> chosen = new ArrayList<>(Math.min(count, order.size()));
        for (int draws = 4 * count; draws > 0 && count <= order.size() / 4; draws--) {
            Entry entry = order.get(random.nextInt(order.size()));
            if (fits.test(entry) && !chosen.contains(entry)) {
                chosen.add(entry);
            }
            if (chosen.size() == count) {
                return chosen;
            }
        }
        chosen.clear();
        int seen = 0;
        for (Entry entry : order) {
            if (!fits.test(entry)) {
                continue;
            }
            seen++;
            if (chosen.size() < count) {
                chosen.add(entry);
            } else {
                int place = random.nextInt(seen);
                if (place < count) {
                    chosen.set(place, entry);
                }
            }
        }
        return chosen;
    }
}
