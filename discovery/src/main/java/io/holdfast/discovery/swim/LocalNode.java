package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the parts of the protocol share: who this node is, whom it knows, what it spreads, and how it sends. */
final class LocalNode {
    /** Where this node is in its life. */
    enum Phase {
        /** It has no cluster id yet. */
        FORMING,
        /** It belongs to a cluster. */
        MEMBER,
        /** It said goodbye and helps to spread it. */
        LEAVING,
        /** It left, or was refused. */
        SILENT
    }

    /** Incarnations and offer versions of one run of the process begin at {@code run << RUN_BITS}, so a refutation needs no write to disk. */
    static final int RUN_BITS = 16;

    /** Larger numbers are broken: they leave no room to refute. */
    static final long MAX_NUMBER = 1L << 60;

    final SwimIdentity identity;
    /** How many nodes form the cluster together; 1 means all that the seeds name. */
    final int expect;

    final SwimConfig config;
    final RandomGenerator random;
    final MemberTable members;
    final Rumors rumors = new Rumors();
    final LocalHealth health;
    private SwimMemory memory;
    private Phase phase = Phase.FORMING;
    private long incarnation;
    private @Nullable Address accuser;
    private boolean gossipSet;
    private boolean urgent;
    private boolean urgentSet;
    private long urgentFreeNanos = Long.MIN_VALUE;

    LocalNode(SwimIdentity identity, int expect, SwimConfig config, SwimMemory memory, RandomGenerator random) {
        this.identity = identity;
        this.expect = expect;
        this.config = config;
        this.memory = memory;
        this.random = random;
        this.members = new MemberTable(random);
        this.health = new LocalHealth(config.healthMax());
    }

    NodeId id() {
        return identity.node();
    }

    Phase phase() {
        return phase;
    }

    void enter(Phase value) {
        phase = value;
    }

    boolean is(Phase value) {
        return phase == value;
    }

    String clusterId() {
        return phase == Phase.FORMING ? "" : memory.clusterId();
    }

    SwimMemory memory() {
        return memory;
    }

    void remember(SwimMemory value, Outbox<Packet, SwimTimer, SwimEvent> out) {
        memory = value;
        out.persist(SwimMemory.CELL, value.encode());
    }

    long incarnation() {
        return incarnation;
    }

    /** Moves to a higher incarnation; a run's block is reserved on disk before it is used, so that it never goes back over a restart. */
    void raiseIncarnation(long value, Outbox<Packet, SwimTimer, SwimEvent> out) {
        incarnation = value;
        long run = value >>> RUN_BITS;
        if (run > memory.run()) {
            remember(memory.withRun(run), out);
        }
    }

    Rumor.OfMember self(MemberState state) {
        return new Rumor.OfMember(id(), identity.address(), identity.zone(), incarnation, state, id());
    }

    Member selfMember() {
        MemberState state = phase == Phase.LEAVING || phase == Phase.SILENT ? MemberState.LEFT : MemberState.ALIVE;
        return new Member(id(), identity.address(), identity.zone(), incarnation, state);
    }

    /** The live members, this node among them. */
    int n() {
        return members.live() + 1;
    }

    /** Sends, with rumours. A member that is suspected or dead hears so in every message, first of all, so that it can refute (Lifeguard, section IV-C, the buddy system). */
    void send(Address to, MemberTable.@Nullable Entry known, Body body, Outbox<Packet, SwimTimer, SwimEvent> out) {
        List<Rumor> news = rumors.take(config.retransmits(n()));
        if (known != null && (known.state == MemberState.SUSPECT || known.state == MemberState.DEAD)) {
            news = new ArrayList<>(news);
            news.add(0, known.rumor(id()));
        }
        if (to.equals(accuser)) {
            news = new ArrayList<>(news);
            news.add(0, self(MemberState.ALIVE));
            accuser = null;
        }
        out.send(to, new Packet(identity.cluster(), clusterId(), id(), body, news));
    }

    /** The next message to {@code from}, which believes this node suspected or dead, says that it lives: gossip brought the refutation to all others but not there. */
    void accusedBy(Address from) {
        accuser = from;
    }

    /** The turn ends: whoever accused this node is answered, if he was not by another message. */
    void answerAccuser(Outbox<Packet, SwimTimer, SwimEvent> out) {
        Address waiting = accuser;
        if (waiting != null && phase == Phase.MEMBER) {
            send(waiting, null, new Body.Gossip(), out);
        }
        accuser = null;
    }

    /** Sends without rumours: to nodes that are not in, and whole views. */
    void sendBare(Address to, Body body, Outbox<Packet, SwimTimer, SwimEvent> out) {
        out.send(to, new Packet(identity.cluster(), clusterId(), id(), body, List.of()));
    }

    /** Spreads news at once to a few, then with the periodic gossip and on other messages. */
    void spread(Rumor rumor) {
        if (phase != Phase.FORMING) {
            rumors.add(rumor);
            urgent = true;
        }
    }

    /** Called at the end of each turn: sends urgent news, at most once in a fifth of the gossip interval, and keeps the periodic gossip going while there is any. */
    void flush(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (urgent && !urgentSet) {
            if (nowNanos >= urgentFreeNanos) {
                gossip(out);
                urgentFreeNanos = nowNanos + config.gossipInterval().toNanos() / 5;
                urgent = false;
            } else {
                urgentSet = true;
                out.wakeAt(urgentFreeNanos, new SwimTimer.UrgentTick(urgentFreeNanos));
            }
        }
        if (!gossipSet && !rumors.isEmpty()) {
            gossipSet = true;
            long due = nowNanos + config.gossipInterval().toNanos();
            out.wakeAt(due, new SwimTimer.GossipTick(due));
        }
    }

    void onUrgentTick() {
        urgentSet = false;
    }

    void onGossipTick(Outbox<Packet, SwimTimer, SwimEvent> out) {
        gossipSet = false;
        gossip(out);
    }

    private void gossip(Outbox<Packet, SwimTimer, SwimEvent> out) {
        for (MemberTable.Entry entry : members.sample(config.gossipFanout(), MemberTable.Entry::live)) {
            if (rumors.isEmpty()) {
                return;
            }
            send(entry.address, entry, new Body.Gossip(), out);
        }
    }

    void decide(SwimEvent.Decision kind, Object subject, String text, Outbox<Packet, SwimTimer, SwimEvent> out) {
        out.publish(new SwimEvent.Decided(kind, subject.toString(), text));
    }

    void health(int delta, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (health.add(delta)) {
            out.publish(new SwimEvent.HealthChanged(health.score()));
        }
    }
}
