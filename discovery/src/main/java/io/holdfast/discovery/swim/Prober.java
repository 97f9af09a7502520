package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Probes one member a period, asks helpers when it does not answer (SWIM, section 3.1), slows down when this node itself seems to be at fault (Lifeguard, section IV-A), and probes at once
 * whoever's connection closed.
 *
 * <p>Bounded: one probe a period and one for each hinted or suspected member at a time; {@value #MAX_RELAYS} probes for others.
 */
final class Prober {
    static final int MAX_RELAYS = 1024;

    /** How a probe came about. */
    private enum Cause {
        ROUND,
        CONFIRM,
        HINT
    }

    private static final class Probe {
        final MemberTable.Entry target;
        final Cause cause;
        final long incarnation;
        final long startNanos;
        final Set<NodeId> helpers = new HashSet<>();
        final Set<NodeId> nacked = new HashSet<>();
        int lostToo;
        boolean asked;

        Probe(MemberTable.Entry target, Cause cause, long startNanos) {
            this.target = target;
            this.cause = cause;
            this.incarnation = target.incarnation;
            this.startNanos = startNanos;
        }
    }

    /** A probe for another node. It outlives its nack by a probe interval: an answer that comes late is still worth sending on. */
    private static final class Relay {
        final Address origin;
        final long sequence;
        final NodeId target;
        final Address address;
        final long startNanos;
        boolean nacked;

        Relay(Address origin, Body.PingRequest request, long startNanos) {
            this.startNanos = startNanos;
            this.origin = origin;
            this.sequence = request.sequence();
            this.target = request.target();
            this.address = request.address();
        }
    }

    private final LocalNode local;
    private final Verdicts verdicts;
    private final Map<Long, Probe> probes = new HashMap<>();
    private final Map<Long, Relay> relays = new HashMap<>();
    private long sequence;

    Prober(LocalNode local, Verdicts verdicts) {
        this.local = local;
        this.verdicts = verdicts;
    }

    long nextSequence() {
        return ++sequence;
    }

    void start(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        // nodes that start together do not probe in step
        scheduleTick(
                nowNanos + local.random.nextLong(local.config.probeInterval().toNanos()), out);
    }

    private static void scheduleTick(long due, Outbox<Packet, SwimTimer, SwimEvent> out) {
        out.wakeAt(due, new SwimTimer.ProbeTick(due));
    }

    void onTick(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        scheduleTick(
                nowNanos + local.health.stretch(local.config.probeInterval().toNanos()), out);
        MemberTable.Entry target = local.members.nextToProbe();
        if (target != null && local.is(LocalNode.Phase.MEMBER)) {
            probe(target, Cause.ROUND, nowNanos, out);
        }
    }

    private void probe(MemberTable.Entry target, Cause cause, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long number = nextSequence();
        probes.put(number, new Probe(target, cause, nowNanos));
        local.send(target.address, target, new Body.Ping(number, target.id), out);
        long wait = cause == Cause.HINT
                ? local.config.hintTimeout().toNanos()
                : local.health.stretch(local.config.probeTimeout().toNanos());
        long end = cause == Cause.HINT
                ? 2 * local.config.hintTimeout().toNanos()
                : local.health.stretch(local.config.probeInterval().toNanos());
        if (cause == Cause.HINT) {
            askHelpers(number, out);
        } else {
            out.wakeAt(nowNanos + wait, new SwimTimer.ProbeTimeout(nowNanos + wait, number));
        }
        out.wakeAt(nowNanos + end, new SwimTimer.ProbeOver(nowNanos + end, number));
    }

    void onTimeout(long number, Outbox<Packet, SwimTimer, SwimEvent> out) {
        askHelpers(number, out);
    }

    private void askHelpers(long number, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Probe probe = probes.get(number);
        if (probe == null || probe.asked) {
            return;
        }
        probe.asked = true;
        MemberTable.Entry target = probe.target;
        for (MemberTable.Entry helper :
                local.members.sample(local.config.indirectProbes(), e -> e.live() && e != target)) {
            probe.helpers.add(helper.id);
            local.send(helper.address, helper, new Body.PingRequest(number, target.id, target.address), out);
        }
    }

    void onOver(long number, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Probe probe = probes.remove(number);
        if (probe == null) {
            return;
        }
        out.publish(new SwimEvent.Probed(SwimEvent.ProbeResult.TIMEOUT, nowNanos - probe.startNanos));
        if (probe.cause == Cause.ROUND) {
            // a helper that is well says so even without an answer: each that does not speaks against this node
            local.health(probe.helpers.isEmpty() ? 1 : probe.helpers.size() - probe.nacked.size(), out);
        }
        boolean lost = probe.cause == Cause.HINT
                && probe.target.lost()
                && (probe.helpers.isEmpty() || probe.lostToo > probe.helpers.size() / 2);
        verdicts.suspect(probe.target, probe.incarnation, lost, nowNanos, out);
    }

    void onPing(Address from, NodeId sender, Body.Ping ping, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (ping.target().equals(local.id())) {
            local.send(from, local.members.find(sender), new Body.Ack(ping.sequence(), local.id()), out);
        }
    }

    void onAck(NodeId sender, Body.Ack ack, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        boolean direct = sender.equals(ack.target());
        Relay relay = direct ? relays.remove(ack.sequence()) : null;
        if (relay != null && relay.target.equals(ack.target())) {
            local.sendBare(relay.origin, new Body.Ack(relay.sequence, relay.target), out);
        }
        if (direct) {
            verdicts.onAnswer(local.members.find(sender));
        }
        Probe probe = probes.get(ack.sequence());
        if (probe == null || !probe.target.id.equals(ack.target())) {
            return;
        }
        if (!direct && !probe.helpers.contains(sender)) {
            return;
        }
        probes.remove(ack.sequence());
        verdicts.onAnswer(probe.target);
        local.health(-1, out);
        out.publish(new SwimEvent.Probed(
                direct ? SwimEvent.ProbeResult.ACK : SwimEvent.ProbeResult.INDIRECT_ACK, nowNanos - probe.startNanos));
    }

    void onPingRequest(
            Address from,
            NodeId sender,
            Body.PingRequest request,
            long nowNanos,
            Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (request.target().equals(local.id())) {
            local.send(from, local.members.find(sender), new Body.Ack(request.sequence(), local.id()), out);
            return;
        }
        if (relays.size() >= MAX_RELAYS) {
            local.decide(SwimEvent.Decision.DROP, sender, "ping request: " + MAX_RELAYS + " are under way", out);
            return;
        }
        long number = nextSequence();
        relays.put(number, new Relay(from, request, nowNanos));
        MemberTable.Entry known = local.members.find(request.target());
        local.send(request.address(), known, new Body.Ping(number, request.target()), out);
        // the nack must be back before the asker's period ends (Lifeguard: at 80 % of the probe timeout)
        long wait = Math.min(
                        local.config.probeTimeout().toNanos(),
                        local.config.hintTimeout().toNanos())
                * 8
                / 10;
        out.wakeAt(nowNanos + wait, new SwimTimer.RelayOver(nowNanos + wait, number));
    }

    void onRelayOver(long number, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Relay relay = relays.get(number);
        if (relay == null) {
            return;
        }
        if (nowNanos - relay.startNanos >= local.config.probeInterval().toNanos()) {
            relays.remove(number);
            return;
        }
        MemberTable.Entry known = local.members.find(relay.target);
        nack(relay, known != null && known.lost(), out);
        long end = relay.startNanos + local.config.probeInterval().toNanos();
        out.wakeAt(end, new SwimTimer.RelayOver(end, number));
    }

    private void nack(Relay relay, boolean lost, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!relay.nacked) {
            relay.nacked = true;
            local.sendBare(relay.origin, new Body.Nack(relay.sequence, relay.target, lost), out);
        }
    }

    void onNack(NodeId sender, Body.Nack nack) {
        Probe probe = probes.get(nack.sequence());
        if (probe != null
                && probe.target.id.equals(nack.target())
                && probe.helpers.contains(sender)
                && probe.nacked.add(sender)
                && nack.lost()) {
            probe.lostToo++;
        }
    }

    /** A connection closed, or none can be made: a reason to look at once, no proof. */
    void onLost(Address address, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry entry = local.members.findLive(address);
        for (Relay relay : relays.values()) {
            if (relay.address.equals(address)) {
                nack(relay, true, out);
            }
        }
        if (entry == null || !local.is(LocalNode.Phase.MEMBER)) {
            return;
        }
        boolean first = !entry.lost();
        entry.lostNanos = nowNanos;
        if (first && probes.values().stream().noneMatch(p -> p.target == entry && p.cause == Cause.HINT)) {
            probe(entry, Cause.HINT, nowNanos, out);
        }
    }

    /** Others suspect a member: look at it now instead of when its turn comes. */
    void confirm(NodeId id, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry entry = local.members.find(id);
        if (entry != null && entry.suspicion != null && local.is(LocalNode.Phase.MEMBER)) {
            probe(entry, Cause.CONFIRM, nowNanos, out);
        }
    }

    /** Whoever does not answer to a process that stood still is not to blame. */
    void onStall() {
        probes.clear();
        relays.clear();
    }
}
