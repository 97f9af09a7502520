package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Membership, service registry and bulletin of one node, without I/O: who is there (SWIM, Das et al., DSN 2002, and Lifeguard, Dadgar et al., DSN-W 2018), who offers what, who tells what, how the
 * cluster was formed. Not thread-safe: one thread at a time, as {@link Protocol} says.
 *
 * <p>It knows when it stood still itself (a timer that comes more than a probe interval late): probes under way are forgotten and suspicions begin anew, so that a pause of this process
 * buries nobody else.
 */
public final class Swim implements Protocol<SwimRequest, Packet, SwimTimer, SwimEvent> {
    private static final int MAX_REFUSED = 256;

    private final LocalNode local;
    private final Registry registry;
    private final Notes notes;
    private final Verdicts verdicts;
    private final Prober prober;
    private final AntiEntropy sync;
    private final Formation formation;
    private final Map<Address, Long> refused = new LinkedHashMap<>();
    private long stallNanos = Long.MIN_VALUE;
    private boolean introduced;

    /**
     * Makes a node that has not started.
     *
     * @param identity who it is
     * @param expect how many nodes form a new cluster together; 1 means all that the seeds name, this node included. It counts only until the cluster has an id
     * @param config the protocol's numbers
     * @param memory what it remembers of earlier runs
     * @param random chance; for this node alone
     */
    public Swim(SwimIdentity identity, int expect, SwimConfig config, SwimMemory memory, RandomGenerator random) {
        local = new LocalNode(identity, expect, config, memory, random);
        registry = new Registry(local);
        notes = new Notes(local);
        verdicts = new Verdicts(local, registry, notes);
        prober = new Prober(local, verdicts);
        sync = new AntiEntropy(local, verdicts, registry, notes, prober);
        formation = new Formation(local, verdicts, registry, notes, sync, prober);
    }

    /**
     * What this node believes now, itself included, the dead that it remembers too.
     *
     * @return the members, ordered by id
     */
    public List<Member> view() {
        List<Member> view = new ArrayList<>();
        view.add(local.selfMember());
        local.members.all().forEach(entry -> view.add(entry.member()));
        view.sort(Comparator.comparing(Member::id));
        return List.copyOf(view);
    }

    /** What this node believes of another; null if it does not know it. */
    @Nullable MemberState stateOf(NodeId id) {
        MemberTable.Entry entry = local.members.find(id);
        return entry == null ? null : entry.state;
    }

    /**
     * The cluster's id.
     *
     * @return the id, empty before the node has one
     */
    public String clusterId() {
        return local.clusterId();
    }

    @Override
    public void onStart(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.raiseIncarnation((local.memory().run() + 1) << LocalNode.RUN_BITS, out);
        out.publish(new SwimEvent.MemberChanged(local.selfMember()));
        formation.start(nowNanos, out);
        prober.start(nowNanos, out);
        sync.start(nowNanos, out);
    }

    @Override
    public void onRequest(SwimRequest request, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.is(LocalNode.Phase.SILENT) || local.is(LocalNode.Phase.LEAVING)) {
            if (request instanceof SwimRequest.Leave && local.is(LocalNode.Phase.SILENT)) {
                out.publish(new SwimEvent.Left());
            }
            return;
        }
        if (request instanceof SwimRequest.Seeds found) {
            formation.onSeeds(found.addresses(), nowNanos, out);
        } else if (request instanceof SwimRequest.ConnectionClosed closed) {
            prober.onLost(closed.address(), nowNanos, out);
        } else if (request instanceof SwimRequest.Unreachable unreachable) {
            prober.onLost(unreachable.address(), nowNanos, out);
        } else if (request instanceof SwimRequest.WireRefused wire) {
            formation.onWireRefused(wire.address(), wire.reason(), out);
        } else if (request instanceof SwimRequest.Register register) {
            registry.register(register.instance(), out);
        } else if (request instanceof SwimRequest.Withdraw withdraw) {
            registry.withdraw(withdraw.service(), out);
        } else if (request instanceof SwimRequest.Post post) {
            notes.post(post.topic(), post.value(), out);
        } else if (request instanceof SwimRequest.Leave) {
            leave(nowNanos, out);
        }
        local.flush(nowNanos, out);
    }

    /** Goodbye goes to every member at once (the first 256; gossip does the rest), not to the few that gossip would choose. */
    private void leave(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        boolean known = local.is(LocalNode.Phase.MEMBER);
        local.enter(LocalNode.Phase.LEAVING);
        out.publish(new SwimEvent.MemberChanged(local.selfMember()));
        if (!known || local.members.live() == 0) {
            local.enter(LocalNode.Phase.SILENT);
            out.publish(new SwimEvent.Left());
            return;
        }
        Rumor.OfMember goodbye = local.self(MemberState.LEFT);
        for (MemberTable.Entry member : local.members.sample(256, MemberTable.Entry::live)) {
            out.send(
                    member.address,
                    new Packet(
                            local.identity.cluster(),
                            local.clusterId(),
                            local.id(),
                            new Body.Gossip(),
                            List.of(goodbye)));
        }
        local.spread(goodbye);
        long due = nowNanos + 3 * local.config.gossipInterval().toNanos();
        out.wakeAt(due, new SwimTimer.LeaveOver(due));
    }

    @Override
    public void onMessage(Address from, Packet packet, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.is(LocalNode.Phase.SILENT) || !accept(from, packet, nowNanos, out)) {
            return;
        }
        for (Rumor rumor : packet.rumors()) {
            if (rumor instanceof Rumor.OfMember member) {
                verdicts.apply(member, nowNanos, out);
                if (verdicts.staleOfSelf(member)) {
                    local.accusedBy(from);
                }
            } else if (rumor instanceof Rumor.OfService offer) {
                registry.apply(offer, out);
            } else if (rumor instanceof Rumor.OfNote note) {
                notes.apply(note, out);
            }
        }
        if (!formingMessage(from, packet, nowNanos, out)) {
            memberMessage(from, packet, nowNanos, out);
        }
        local.answerAccuser(out);
        formation.checkJoined(out);
        local.flush(nowNanos, out);
    }

    /** Nodes of another cluster are refused, and told so; nodes without an id yet speak only of forming. */
    private boolean accept(Address from, Packet packet, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (packet.body() instanceof Body.Refuse refuse) {
            formation.onRefuse(from, packet.sender(), refuse, out);
            return false;
        }
        String own = local.clusterId();
        String theirs = packet.clusterId();
        boolean otherName = !packet.cluster().equals(local.identity.cluster());
        if (otherName || (!own.isEmpty() && !theirs.isEmpty() && !own.equals(theirs))) {
            refuseStranger(from, packet, nowNanos, out);
            return false;
        }
        if (packet.sender().equals(local.id()) && !(packet.body() instanceof Body.Hello)) {
            return false;
        }
        boolean forming = packet.body() instanceof Body.Hello || packet.body() instanceof Body.Welcome;
        return own.equals(theirs) || forming || votes(packet.body());
    }

    private static boolean votes(Body body) {
        return body instanceof Body.Prepare
                || body instanceof Body.Promise
                || body instanceof Body.Accept
                || body instanceof Body.Accepted
                || body instanceof Body.Outbid;
    }

    /** Told at most once a second to each address: two refusals must not answer each other, and a stray node must not flood the recorder. */
    private void refuseStranger(Address from, Packet packet, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Long last = refused.get(from);
        if (last != null && nowNanos - last < 1_000_000_000L) {
            return;
        }
        if (refused.size() >= MAX_REFUSED) {
            refused.remove(refused.keySet().iterator().next());
        }
        refused.put(from, nowNanos);
        formation.refuse(
                from,
                "node " + packet.sender() + " of " + cluster(packet.cluster(), packet.clusterId()) + " called node "
                        + local.id() + " of " + cluster(local.identity.cluster(), local.clusterId())
                        + "; correct its seeds or its cluster name, or empty its data directory",
                local.is(LocalNode.Phase.MEMBER),
                out);
    }

    private static String cluster(String name, String id) {
        return "cluster " + name + (id.isEmpty() ? " (not formed yet)" : " (id " + id + ")");
    }

    private boolean formingMessage(
            Address from, Packet packet, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Body body = packet.body();
        if (body instanceof Body.Hello hello) {
            formation.onHello(from, packet.sender(), hello, nowNanos, out);
        } else if (body instanceof Body.Welcome) {
            formation.onWelcome(packet.clusterId(), out);
        } else if (votes(body)) {
            formation.onVote(from, packet.sender(), body, nowNanos, out);
        } else {
            return false;
        }
        return true;
    }

    private void memberMessage(Address from, Packet packet, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        NodeId sender = packet.sender();
        Body body = packet.body();
        if (body instanceof Body.Ping ping) {
            prober.onPing(from, sender, ping, out);
            introduceStranger(from, sender, out);
        } else if (body instanceof Body.Ack ack) {
            prober.onAck(sender, ack, nowNanos, out);
            formation.onAck(from, ack, out);
        } else if (body instanceof Body.PingRequest request) {
            prober.onPingRequest(from, sender, request, nowNanos, out);
        } else if (body instanceof Body.Nack nack) {
            prober.onNack(sender, nack);
        } else if (body instanceof Body.Digest digest) {
            sync.onDigest(from, digest, out);
        } else if (body instanceof Body.State state) {
            sync.onState(from, state, nowNanos, out);
        } else if (body instanceof Body.Offers offers) {
            offers.offers().forEach(offer -> registry.apply(offer, out));
        } else if (body instanceof Body.Notes told) {
            told.notes().forEach(note -> notes.apply(note, out));
        }
        greetReturned(from, sender, out);
    }

    /** A member probes this node though this node does not know it: exchange views. */
    private void introduceStranger(Address from, NodeId sender, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.members.find(sender) == null && !introduced) {
            introduced = true;
            sync.sendState(from, true, out);
        }
    }

    /** The first message of a member that was dead until now ends a partition: compare views with it at once instead of at the next round. */
    private void greetReturned(Address from, NodeId sender, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry entry = local.members.find(sender);
        if (entry != null && entry.returned) {
            entry.returned = false;
            sync.compare(from, out);
        }
    }

    @Override
    public void onTimer(SwimTimer timer, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.is(LocalNode.Phase.SILENT)) {
            return;
        }
        noticeStall(timer, nowNanos, out);
        if (timer instanceof SwimTimer.ProbeTick) {
            introduced = false;
            prober.onTick(nowNanos, out);
        } else if (timer instanceof SwimTimer.ProbeTimeout due) {
            prober.onTimeout(due.sequence(), out);
        } else if (timer instanceof SwimTimer.ProbeOver due) {
            prober.onOver(due.sequence(), nowNanos, out);
        } else if (timer instanceof SwimTimer.RelayOver due) {
            prober.onRelayOver(due.sequence(), nowNanos, out);
        } else if (timer instanceof SwimTimer.Confirm due) {
            prober.confirm(due.node(), nowNanos, out);
        } else if (timer instanceof SwimTimer.LastCall due) {
            verdicts.onLastCall(due, prober.nextSequence(), nowNanos, out);
        } else if (timer instanceof SwimTimer.SuspicionOver due) {
            verdicts.onSuspicionOver(due.node(), nowNanos, out);
        } else if (timer instanceof SwimTimer.GossipTick) {
            local.onGossipTick(out);
        } else if (timer instanceof SwimTimer.UrgentTick) {
            local.onUrgentTick();
        } else if (timer instanceof SwimTimer.SyncTick) {
            sync.onSyncTick(nowNanos, out);
        } else if (timer instanceof SwimTimer.ReconnectTick) {
            sync.onReconnectTick(nowNanos, out);
        } else if (timer instanceof SwimTimer.FormTick) {
            formation.onTick(nowNanos, out);
        } else if (timer instanceof SwimTimer.VetOver due) {
            formation.onVetOver(due.sequence(), nowNanos, out);
        } else if (timer instanceof SwimTimer.LeaveOver) {
            local.enter(LocalNode.Phase.SILENT);
            out.publish(new SwimEvent.Left());
        }
        local.flush(nowNanos, out);
    }

    private void noticeStall(SwimTimer timer, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long late = nowNanos - timer.due();
        // timers that were due before the stall was noticed belong to the same one
        if (late <= local.config.probeInterval().toNanos() || timer.due() <= stallNanos) {
            return;
        }
        stallNanos = nowNanos;
        prober.onStall();
        verdicts.onStall(nowNanos, out);
        local.health(1, out);
        local.decide(
                SwimEvent.Decision.STALL,
                local.id(),
                "a timer came " + late / 1_000_000 + " ms late: this process stood still, suspicions begin anew",
                out);
    }
}
