package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import org.jspecify.annotations.Nullable;

/** Decides what this node believes of each member, refutes what is said of itself, and spreads both (SWIM, section 4.2; Lifeguard, section IV-B). */
final class Verdicts {
    /** So often another process of this node's name may answer back before the one with the higher address gives way. */
    private static final int CONFLICTS = 5;

    private final LocalNode local;
    private final Registry registry;
    private final Notes notes;
    private int conflicts;
    private long firstConflictNanos;

    Verdicts(LocalNode local, Registry registry, Notes notes) {
        this.local = local;
        this.registry = registry;
        this.notes = notes;
    }

    void apply(Rumor.OfMember rumor, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (rumor.incarnation() > LocalNode.MAX_NUMBER) {
            local.decide(
                    SwimEvent.Decision.DROP, rumor.id(), "rumour of broken incarnation " + rumor.incarnation(), out);
            return;
        }
        if (rumor.id().equals(local.id())) {
            answerForSelf(rumor, nowNanos, out);
            return;
        }
        MemberTable.Entry entry = local.members.find(rumor.id());
        if (entry == null) {
            meet(rumor, nowNanos, out);
        } else if (entry.olderThan(rumor)) {
            change(entry, rumor, nowNanos, out);
        } else if (rumor.state() == MemberState.SUSPECT && rumor.incarnation() == entry.incarnation) {
            confirm(entry, rumor, nowNanos, out);
        }
    }

    private void meet(Rumor.OfMember rumor, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.members.size() >= local.config.maxMembers() && !forgetOldestDead(out)) {
            local.decide(
                    SwimEvent.Decision.DROP,
                    rumor.id(),
                    "newcomer is ignored: maxMembers (" + local.config.maxMembers() + ") are known; raise it",
                    out);
            return;
        }
        MemberTable.Entry entry = new MemberTable.Entry(rumor, nowNanos);
        local.members.add(entry);
        local.spread(rumor);
        if (entry.live()) {
            local.decide(SwimEvent.Decision.JOIN, entry.id, "joined from " + entry.address, out);
            publish(entry, out);
            registry.onLive(entry.id, true, out);
            notes.onLive(entry.id, true, out);
        }
        if (entry.state == MemberState.SUSPECT) {
            beginSuspicion(entry, rumor.accuser(), nowNanos, out);
        }
    }

    private boolean forgetOldestDead(Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry oldest = null;
        for (MemberTable.Entry entry : local.members.all()) {
            if (!entry.live() && (oldest == null || entry.sinceNanos < oldest.sinceNanos)) {
                oldest = entry;
            }
        }
        if (oldest != null) {
            forget(oldest, out);
        }
        return oldest != null;
    }

    /** Forgets the members that have been dead for longer than the retention. */
    void forgetDead(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long retention = local.config.deadRetention().toNanos();
        for (MemberTable.Entry entry :
                local.members.sample(Integer.MAX_VALUE >>> 8, e -> !e.live() && nowNanos - e.sinceNanos > retention)) {
            forget(entry, out);
        }
    }

    private void forget(MemberTable.Entry entry, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.members.remove(entry);
        local.rumors.forget(entry.id);
        registry.forget(entry.id);
        notes.forget(entry.id);
        out.publish(new SwimEvent.MemberForgotten(entry.member()));
    }

    private void change(
            MemberTable.Entry entry, Rumor.OfMember rumor, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberState before = entry.state;
        boolean wasLive = entry.live();
        local.members.set(entry, rumor, nowNanos);
        entry.suspicion = null;
        local.spread(rumor);
        publish(entry, out);
        switch (entry.state) {
            case ALIVE -> {
                entry.lostNanos = Long.MIN_VALUE;
                if (!wasLive) {
                    entry.returned = true;
                    local.decide(SwimEvent.Decision.JOIN, entry.id, "came back at " + entry.address, out);
                }
            }
            case SUSPECT -> {
                local.decide(
                        SwimEvent.Decision.SUSPECT,
                        entry.id,
                        "incarnation " + entry.incarnation + " is suspected by " + rumor.accuser(),
                        out);
                beginSuspicion(entry, rumor.accuser(), nowNanos, out);
            }
            case DEAD ->
                local.decide(
                        SwimEvent.Decision.DEAD,
                        entry.id,
                        "incarnation " + entry.incarnation + " was " + before + ", declared dead by " + rumor.accuser(),
                        out);
            case LEFT -> local.decide(SwimEvent.Decision.LEAVE, entry.id, "said goodbye", out);
        }
        if (wasLive != entry.live()) {
            registry.onLive(entry.id, entry.live(), out);
            notes.onLive(entry.id, entry.live(), out);
        }
    }

    private static void publish(MemberTable.Entry entry, Outbox<Packet, SwimTimer, SwimEvent> out) {
        out.publish(new SwimEvent.MemberChanged(entry.member()));
    }

    private void beginSuspicion(
            MemberTable.Entry entry, NodeId accuser, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        int n = local.n();
        long min = local.config.suspicionMinNanos(n);
        // the accused and the accuser do not confirm: with fewer than K others nobody waits for K
        int k = Math.max(0, Math.min(local.config.suspicionConfirmations(), n - 2));
        Suspicion suspicion = new Suspicion(
                accuser,
                min,
                min * local.config.suspicionMaxMultiplier(),
                k,
                local.config.probeTimeout().toNanos(),
                nowNanos);
        entry.suspicion = suspicion;
        wake(entry.id, suspicion, nowNanos, out);
        if (!accuser.equals(local.id()) && local.random.nextInt(n) < 2 * k + 2) {
            // a few of those who hear of it look for themselves, so that confirmations do not wait for the round to
            // come by
            long due =
                    nowNanos + local.random.nextLong(local.config.probeTimeout().toNanos());
            out.wakeAt(due, new SwimTimer.Confirm(due, entry.id));
        }
    }

    /** A suspicion ends after the last calls, but does not wait for them if the member's connections are lost. */
    private static void wake(NodeId id, Suspicion suspicion, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (suspicion.planCalls(nowNanos)) {
            out.wakeAt(suspicion.nextCallNanos(), new SwimTimer.LastCall(suspicion.nextCallNanos(), id));
        }
        if (suspicion.lost()) {
            long due = suspicion.deadlineNanos();
            out.wakeAt(due, new SwimTimer.SuspicionOver(due, id));
        }
    }

    /** Asks a suspect directly; the message tells it of the accusation, and its answer refutes that. */
    void onLastCall(SwimTimer.LastCall due, long number, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry entry = local.members.find(due.node());
        Suspicion suspicion = entry == null ? null : entry.suspicion;
        if (entry == null || suspicion == null || !suspicion.call(due.due(), nowNanos)) {
            return;
        }
        local.send(entry.address, entry, new Body.Ping(number, entry.id), out);
        long next = suspicion.calledOut() ? suspicion.deadlineNanos() : suspicion.nextCallNanos();
        out.wakeAt(
                next,
                suspicion.calledOut()
                        ? new SwimTimer.SuspicionOver(next, entry.id)
                        : new SwimTimer.LastCall(next, entry.id));
    }

    private void confirm(
            MemberTable.Entry entry, Rumor.OfMember rumor, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Suspicion suspicion = entry.suspicion;
        if (suspicion != null && suspicion.confirm(rumor.accuser())) {
            local.spread(rumor);
            wake(entry.id, suspicion, nowNanos, out);
        }
    }

    /** This node's own probe failed. {@code lost} says that its connection, and the helpers', are gone as well. */
    void suspect(
            MemberTable.Entry entry,
            long probedIncarnation,
            boolean lost,
            long nowNanos,
            Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!entry.live() || entry.incarnation != probedIncarnation) {
            return;
        }
        apply(
                new Rumor.OfMember(
                        entry.id, entry.address, entry.zone, entry.incarnation, MemberState.SUSPECT, local.id()),
                nowNanos,
                out);
        Suspicion suspicion = entry.suspicion;
        if (lost && suspicion != null) {
            suspicion.lostAfter(nowNanos
                    - suspicion.startNanos()
                    + 2 * local.config.hintTimeout().toNanos());
            wake(entry.id, suspicion, nowNanos, out);
        }
    }

    void onSuspicionOver(NodeId id, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry entry = local.members.find(id);
        Suspicion suspicion = entry == null ? null : entry.suspicion;
        if (entry != null && suspicion != null && nowNanos >= suspicion.deadlineNanos()) {
            bury(entry, nowNanos, out);
        }
    }

    void bury(MemberTable.Entry entry, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Rumor.OfMember dead = new Rumor.OfMember(
                entry.id, entry.address, entry.zone, entry.incarnation, MemberState.DEAD, local.id());
        if (entry.olderThan(dead)) {
            change(entry, dead, nowNanos, out);
        }
    }

    /** This process stood still: whoever is suspected gets the whole time again. */
    void onStall(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        for (MemberTable.Entry entry : local.members.all()) {
            Suspicion suspicion = entry.suspicion;
            if (suspicion != null) {
                suspicion.restart(nowNanos);
                wake(entry.id, suspicion, nowNanos, out);
            }
        }
    }

    /** Whether a rumour calls this node suspected, dead or gone though it has said since that it is not: who tells it has missed that, and must hear it again. */
    boolean staleOfSelf(Rumor.OfMember rumor) {
        return rumor.id().equals(local.id())
                && rumor.state() != MemberState.ALIVE
                && rumor.incarnation() < local.incarnation()
                && local.is(LocalNode.Phase.MEMBER);
    }

    private void answerForSelf(Rumor.OfMember rumor, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long own = local.incarnation();
        boolean foreign = !rumor.address().equals(local.identity.address());
        boolean wrong = rumor.state() == MemberState.ALIVE
                ? rumor.incarnation() > own || (rumor.incarnation() == own && foreign)
                : rumor.incarnation() >= own;
        boolean speaks = local.is(LocalNode.Phase.FORMING) || local.is(LocalNode.Phase.MEMBER);
        if (!wrong || !speaks) {
            return;
        }
        local.raiseIncarnation(rumor.incarnation() + 1, out);
        if (local.is(LocalNode.Phase.FORMING)) {
            return;
        }
        local.decide(
                SwimEvent.Decision.REFUTE,
                local.id(),
                "was called " + rumor.state() + " by " + rumor.accuser() + "; now incarnation " + local.incarnation(),
                out);
        local.spread(local.self(MemberState.ALIVE));
        out.publish(new SwimEvent.MemberChanged(local.selfMember()));
        if (rumor.state() == MemberState.ALIVE) {
            onConflict(rumor, foreign, nowNanos, out);
        } else {
            // whoever is suspected may be the slow one himself (Lifeguard, section IV-A)
            local.health(1, out);
        }
        if (rumor.state() == MemberState.DEAD || rumor.state() == MemberState.LEFT) {
            registry.announceOwn();
            notes.announceOwn();
        }
    }

    /** Two living processes of one name outbid each other for ever; the one with the higher address gives way. */
    private void onConflict(
            Rumor.OfMember rumor, boolean foreign, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!foreign) {
            return;
        }
        if (conflicts == 0 || nowNanos - firstConflictNanos > 10_000_000_000L) {
            conflicts = 0;
            firstConflictNanos = nowNanos;
        }
        conflicts++;
        if (conflicts > CONFLICTS && local.identity.address().compareTo(rumor.address()) > 0) {
            giveUp(
                    duplicate(
                            local.id(),
                            rumor.address().toString(),
                            local.identity.address().toString()),
                    out);
        }
    }

    /** This node is refused and stays silent from now on. */
    void giveUp(String reason, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.enter(LocalNode.Phase.SILENT);
        local.decide(SwimEvent.Decision.REFUSE, local.id(), reason, out);
        out.publish(new SwimEvent.Refused(reason));
    }

    static String duplicate(NodeId id, String holder, String claimant) {
        return "node id (" + id + ") is taken by the living node at " + holder + " and was claimed at " + claimant
                + "; give each node an id of its own";
    }

    void onAnswer(MemberTable.@Nullable Entry entry) {
        if (entry != null) {
            entry.lostNanos = Long.MIN_VALUE;
        }
    }
}
