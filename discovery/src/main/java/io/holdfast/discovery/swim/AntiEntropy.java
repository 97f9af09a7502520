package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Repairs what gossip missed: two nodes compare hashes of their views and, where these differ, exchange the views whole (push-pull; Demers et al., PODC 1987). Also tries the dead again, so
 * that a partition heals by itself.
 */
final class AntiEntropy {
    /**
     * Offers and notes are sent in packets of at most this weight. A weight counts characters, which are four bytes at most: so a packet fits into the smallest frame that a transport may be
     * configured for (64 KiB), and no node needs to know the frames of the others.
     */
    static final int CHUNK = 15 * 1024;

    private final LocalNode local;
    private final Verdicts verdicts;
    private final Registry registry;
    private final Notes notes;
    private final Prober prober;

    AntiEntropy(LocalNode local, Verdicts verdicts, Registry registry, Notes notes, Prober prober) {
        this.local = local;
        this.verdicts = verdicts;
        this.registry = registry;
        this.notes = notes;
        this.prober = prober;
    }

    void start(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long due = nowNanos + local.random.nextLong(local.config.syncNanos(local.n()));
        out.wakeAt(due, new SwimTimer.SyncTick(due));
        long retry = nowNanos
                + local.random.nextLong(local.config.reconnectInterval().toNanos());
        out.wakeAt(retry, new SwimTimer.ReconnectTick(retry));
    }

    void onSyncTick(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long due = nowNanos + local.config.syncNanos(local.n());
        out.wakeAt(due, new SwimTimer.SyncTick(due));
        verdicts.forgetDead(nowNanos, out);
        for (MemberTable.Entry peer : local.members.sample(1, MemberTable.Entry::live)) {
            compare(peer.address, out);
        }
    }

    void compare(Address to, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.sendBare(to, new Body.Digest(memberHash(), registry.hash(), notes.hash()), out);
    }

    void onReconnectTick(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long due = nowNanos + local.config.reconnectInterval().toNanos();
        out.wakeAt(due, new SwimTimer.ReconnectTick(due));
        for (MemberTable.Entry dead : local.members.sample(1, e -> e.state == MemberState.DEAD)) {
            local.send(dead.address, dead, new Body.Ping(prober.nextSequence(), dead.id), out);
        }
    }

    void onDigest(Address from, Body.Digest digest, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (digest.members() != memberHash()
                || digest.services() != registry.hash()
                || digest.notes() != notes.hash()) {
            sendState(from, true, out);
        }
    }

    void sendState(Address to, boolean answer, Outbox<Packet, SwimTimer, SwimEvent> out) {
        List<Rumor.OfMember> members = new ArrayList<>(local.members.size() + 1);
        if (local.is(LocalNode.Phase.MEMBER)) {
            members.add(local.self(MemberState.ALIVE));
        }
        for (MemberTable.Entry entry : local.members.all()) {
            members.add(entry.rumor(local.id()));
        }
        local.sendBare(to, new Body.State(List.copyOf(members), registry.owners(), notes.owners(), answer), out);
    }

    void onState(Address from, Body.State state, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        state.members().forEach(rumor -> verdicts.apply(rumor, nowNanos, out));
        if (state.answer()) {
            sendState(from, false, out);
        }
        sendMissing(from, registry, state.owners(), Body.Offers::new, out);
        sendMissing(from, notes, state.noteOwners(), Body.Notes::new, out);
    }

    private <R extends Rumor.Owned<?>> void sendMissing(
            Address to,
            OwnedTable<?, R> table,
            List<Body.OwnerHash> theirOwners,
            Function<List<R>, Body> body,
            Outbox<Packet, SwimTimer, SwimEvent> out) {
        Map<NodeId, Long> theirs = new HashMap<>();
        theirOwners.forEach(owner -> theirs.put(owner.owner(), owner.hash()));
        List<R> chunk = new ArrayList<>();
        int bytes = 0;
        for (Body.OwnerHash owner : table.owners()) {
            if (theirs.getOrDefault(owner.owner(), 0L) == owner.hash()) {
                continue;
            }
            for (R each : table.of(owner.owner())) {
                if (!chunk.isEmpty() && bytes + each.weight() > CHUNK) {
                    local.sendBare(to, body.apply(List.copyOf(chunk)), out);
                    chunk.clear();
                    bytes = 0;
                }
                chunk.add(each);
                bytes += each.weight();
            }
        }
        if (!chunk.isEmpty()) {
            local.sendBare(to, body.apply(List.copyOf(chunk)), out);
        }
    }

    /** The live members by incarnation; the dead are remembered for different times, and suspicion passes. */
    private long memberHash() {
        long sum = Hashes.mix(local.id().hashCode(), local.incarnation());
        for (MemberTable.Entry entry : local.members.all()) {
            if (entry.live()) {
                sum += Hashes.mix(entry.id.hashCode(), entry.incarnation);
            }
        }
        return sum;
    }
}
