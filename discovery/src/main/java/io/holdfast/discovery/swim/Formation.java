package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a cluster comes to be, and how a node gets in.
 *
 * <p>A node without a cluster id calls its seeds. A member that hears it says welcome, and the node takes over the id. Nodes without an id collect each other; once the lowest of them knows
 * as many as are expected, it runs one round of single-decree Paxos (Lamport, "Paxos made simple", 2001) in which <em>every</em> participant must accept the new id. What was accepted is on
 * disk before it is said, so an interrupted formation goes on with the same id: any two formations share a node unless twice the expected number starts.
 *
 * <p>A node with an id never forms another one: it calls its seeds until it meets a member.
 */
final class Formation {
    private static final int MAX_ADDRESSES = 256;
    private static final int MAX_ALIASES = 8;

    /** A node without a cluster id that was heard. */
    private record Candidate(
            NodeId id, Address address, Rumor.OfMember self, long nonce, List<Address> aliases, long heardNanos) {}

    /** A newcomer claims the id of a member: the member is asked whether it lives. */
    private record Vetting(long sequence, NodeId id, Address holder, Address claimant) {}

    private final LocalNode local;
    private final Verdicts verdicts;
    private final Registry registry;
    private final Notes notes;
    private final AntiEntropy sync;
    private final Prober prober;
    private final Founding founding;
    private final long nonce;
    private final Set<Address> seeds = new LinkedHashSet<>();
    private final Set<Address> hearsay = new LinkedHashSet<>();
    private final Set<Address> aliases = new LinkedHashSet<>();
    private final Map<NodeId, Candidate> heard = new LinkedHashMap<>();
    private final Map<NodeId, Vetting> vettings = new HashMap<>();
    private List<Address> others = List.of();
    private boolean seedsKnown;
    private boolean joined;
    private boolean ticking;
    private long pauseNanos;

    Formation(LocalNode local, Verdicts verdicts, Registry registry, Notes notes, AntiEntropy sync, Prober prober) {
        this.local = local;
        this.verdicts = verdicts;
        this.registry = registry;
        this.notes = notes;
        this.sync = sync;
        this.prober = prober;
        this.nonce = local.random.nextLong();
        this.founding = new Founding(local, nonce);
        this.pauseNanos = local.config.formInterval().toNanos();
    }

    boolean joined() {
        return joined;
    }

    void start(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!local.memory().clusterId().isEmpty()) {
            local.enter(LocalNode.Phase.MEMBER);
            out.publish(new SwimEvent.Formed(
                    local.memory().clusterId(), local.memory().founders()));
            local.decide(
                    SwimEvent.Decision.FORM,
                    local.id(),
                    "rejoins " + local.memory().clusterId(),
                    out);
        }
        tickAt(nowNanos, out);
    }

    void onSeeds(List<Address> found, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        seeds.clear();
        found.stream().distinct().limit(MAX_ADDRESSES).forEach(seeds::add);
        seedsKnown = true;
        if (!joined) {
            callAll(out);
            step(nowNanos, out);
        }
    }

    private boolean isSelf(Address address) {
        return address.equals(local.identity.address()) || aliases.contains(address);
    }

    private List<Address> otherSeeds() {
        return seeds.stream().filter(seed -> !isSelf(seed)).toList();
    }

    private void tickAt(long due, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!ticking) {
            ticking = true;
            out.wakeAt(due, new SwimTimer.FormTick(due));
        }
    }

    /** Calls until this node has joined; afterwards only a seed that is no member, which may be the far side of a partition whose dead were forgotten. */
    void onTick(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        ticking = false;
        if (local.is(LocalNode.Phase.SILENT) || local.is(LocalNode.Phase.LEAVING)) {
            return;
        }
        if (joined) {
            callLostSeed(out);
            tickAt(nowNanos + 5 * local.config.reconnectInterval().toNanos(), out);
            return;
        }
        callAll(out);
        step(nowNanos, out);
        tickAt(nowNanos + pauseNanos, out);
        pauseNanos =
                Math.min(pauseNanos * 3 / 2, 10 * local.config.formInterval().toNanos());
    }

    private void callLostSeed(Outbox<Packet, SwimTimer, SwimEvent> out) {
        List<Address> lost = otherSeeds().stream()
                .filter(seed -> local.members.findLive(seed) == null)
                .toList();
        if (!lost.isEmpty()) {
            hello(lost.get(local.random.nextInt(lost.size())), out);
        }
    }

    private void callAll(Outbox<Packet, SwimTimer, SwimEvent> out) {
        Set<Address> targets = new LinkedHashSet<>(otherSeeds());
        if (local.is(LocalNode.Phase.FORMING)) {
            targets.addAll(hearsay);
            heard.values().forEach(candidate -> targets.add(candidate.address()));
        }
        targets.removeIf(this::isSelf);
        targets.forEach(target -> hello(target, out));
    }

    private void hello(Address to, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.sendBare(
                to,
                new Body.Hello(nonce, local.expect, local.self(MemberState.ALIVE), to, List.copyOf(aliases), others),
                out);
    }

    void onHello(
            Address from, NodeId sender, Body.Hello hello, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (hello.nonce() == nonce) {
            learnAlias(hello.dialled());
            return;
        }
        learnAlias(hello.dialled());
        if (sender.equals(local.id())) {
            refuseTwin(from, out);
        } else if (local.is(LocalNode.Phase.MEMBER)) {
            admit(from, sender, hello.self(), nowNanos, out);
        } else if (local.is(LocalNode.Phase.FORMING)) {
            collect(from, sender, hello, nowNanos, out);
        }
    }

    private void learnAlias(Address dialled) {
        if (!isSelf(dialled) && aliases.size() < MAX_ALIASES) {
            aliases.add(dialled);
        }
    }

    /** Another process has this node's name. A member wins over a newcomer; of two newcomers the lower address wins. */
    private void refuseTwin(Address from, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Address own = local.identity.address();
        if (joined || local.is(LocalNode.Phase.MEMBER) || own.compareTo(from) < 0) {
            refuse(from, Verdicts.duplicate(local.id(), own.toString(), from.toString()), true, out);
        } else {
            hello(from, out);
        }
    }

    void refuse(Address to, String reason, boolean last, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.decide(SwimEvent.Decision.REFUSE, to, "refuses " + to + ": " + reason, out);
        local.sendBare(to, new Body.Refuse(reason, last), out);
    }

    private void admit(
            Address from, NodeId sender, Rumor.OfMember self, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        MemberTable.Entry known = local.members.find(sender);
        if (known != null && known.live() && !known.address.equals(self.address())) {
            vet(known, from, nowNanos, out);
            return;
        }
        local.sendBare(from, new Body.Welcome(), out);
        sync.sendState(from, true, out);
    }

    private void vet(
            MemberTable.Entry holder, Address claimant, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (vettings.containsKey(holder.id)) {
            return;
        }
        long sequence = prober.nextSequence();
        vettings.put(holder.id, new Vetting(sequence, holder.id, holder.address, claimant));
        local.send(holder.address, holder, new Body.Ping(sequence, holder.id), out);
        long due = nowNanos + 2 * local.config.probeInterval().toNanos();
        out.wakeAt(due, new SwimTimer.VetOver(due, sequence));
    }

    void onAck(Address from, Body.Ack ack, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Vetting vetting = vettings.get(ack.target());
        if (vetting != null
                && vetting.sequence() == ack.sequence()
                && vetting.holder().equals(from)) {
            vettings.remove(vetting.id());
            refuse(
                    vetting.claimant(),
                    Verdicts.duplicate(
                            vetting.id(),
                            vetting.holder().toString(),
                            vetting.claimant().toString()),
                    true,
                    out);
        }
    }

    void onVetOver(long sequence, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        for (Vetting vetting : List.copyOf(vettings.values())) {
            if (vetting.sequence() == sequence) {
                vettings.remove(vetting.id());
                MemberTable.Entry holder = local.members.find(vetting.id());
                if (holder != null && holder.address.equals(vetting.holder())) {
                    verdicts.bury(holder, nowNanos, out);
                }
            }
        }
    }

    private void collect(
            Address from, NodeId sender, Body.Hello hello, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!heard.containsKey(sender) && heard.size() >= MAX_ADDRESSES * 4) {
            local.decide(SwimEvent.Decision.DROP, sender, "too many nodes form this cluster at once", out);
            return;
        }
        Candidate before =
                heard.put(sender, new Candidate(sender, from, hello.self(), hello.nonce(), hello.aliases(), nowNanos));
        boolean news = before == null || before.nonce() != hello.nonce();
        if (news) {
            others = heard.values().stream()
                    .map(Candidate::address)
                    .limit(MAX_ADDRESSES)
                    .toList();
        }
        for (Address other : hello.others()) {
            if (hearsay.size() < MAX_ADDRESSES && !isSelf(other) && hearsay.add(other)) {
                hello(other, out);
                news = true;
            }
        }
        if (news) {
            hello(from, out);
            pauseNanos = local.config.formInterval().toNanos();
            step(nowNanos, out);
        }
    }

    /** Starts a round if this node is the one to do so: enough nodes were heard of late, and none has a lower id. */
    private void step(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.is(LocalNode.Phase.MEMBER)) {
            checkJoined(out);
            return;
        }
        long patience = 20 * local.config.formInterval().toNanos();
        if (founding.goOn(nowNanos, patience, out) || !seedsKnown) {
            return;
        }
        heard.values().removeIf(candidate -> nowNanos - candidate.heardNanos() > patience);
        Map<NodeId, Address> participants = participants();
        if (!participants.isEmpty() && participants.keySet().stream().noneMatch(id -> id.compareTo(local.id()) < 0)) {
            founding.propose(participants, nowNanos, out)
                    .ifPresent(value -> found(value.clusterId(), participants, nowNanos, out));
        }
    }

    /** Whoever forms the cluster with this node, this node among them; empty while somebody is missing. */
    private Map<NodeId, Address> participants() {
        Map<NodeId, Address> chosen = new LinkedHashMap<>();
        chosen.put(local.id(), local.identity.address());
        if (local.expect > 1) {
            heard.values().forEach(candidate -> chosen.put(candidate.id(), candidate.address()));
            return chosen.size() >= local.expect ? chosen : Map.of();
        }
        for (Address seed : otherSeeds()) {
            Candidate candidate = heard.values().stream()
                    .filter(c -> c.address().equals(seed) || c.aliases().contains(seed))
                    .findFirst()
                    .orElse(null);
            if (candidate == null) {
                return Map.of();
            }
            chosen.put(candidate.id(), candidate.address());
        }
        return chosen;
    }

    /** A message of Paxos; a member answers it with its cluster's id. */
    void onVote(Address from, NodeId sender, Body body, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        boolean asks = body instanceof Body.Prepare || body instanceof Body.Accept;
        if (!local.is(LocalNode.Phase.FORMING)) {
            if (asks) {
                local.sendBare(from, new Body.Welcome(), out);
                sync.sendState(from, true, out);
            }
            return;
        }
        if (asks) {
            founding.onQuestion(from, body, out).ifPresent(reason -> refuse(from, reason, false, out));
        } else {
            Map<NodeId, Address> participants = founding.participants();
            founding.onAnswer(sender, body, out)
                    .ifPresent(value -> found(value.clusterId(), participants, nowNanos, out));
        }
    }

    /** Every participant accepted: the cluster exists. */
    private void found(
            String clusterId,
            Map<NodeId, Address> participants,
            long nowNanos,
            Outbox<Packet, SwimTimer, SwimEvent> out) {
        List<Candidate> founders = heard.values().stream()
                .filter(candidate -> participants.containsKey(candidate.id()))
                .toList();
        become(clusterId, out);
        founders.forEach(founder -> verdicts.apply(founder.self(), nowNanos, out));
        for (Candidate founder : founders) {
            local.sendBare(founder.address(), new Body.Welcome(), out);
            sync.sendState(founder.address(), false, out);
        }
        checkJoined(out);
    }

    /** A member says that this node is in. */
    void onWelcome(String clusterId, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.is(LocalNode.Phase.FORMING) && !clusterId.isEmpty()) {
            become(clusterId, out);
        }
    }

    private void become(String clusterId, Outbox<Packet, SwimTimer, SwimEvent> out) {
        local.remember(local.memory().withClusterId(clusterId), out);
        local.enter(LocalNode.Phase.MEMBER);
        heard.clear();
        hearsay.clear();
        others = List.of();
        out.publish(new SwimEvent.Formed(clusterId, local.memory().founders()));
        local.decide(SwimEvent.Decision.FORM, local.id(), "belongs to cluster " + clusterId + " now", out);
        local.spread(local.self(MemberState.ALIVE));
        registry.announceOwn();
        notes.announceOwn();
    }

    /** Joined means: met another member, or nobody else is to be met. Called whenever the view may have grown. */
    void checkJoined(Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (joined || !local.is(LocalNode.Phase.MEMBER)) {
            return;
        }
        boolean alone = seedsKnown && local.expect <= 1 && otherSeeds().isEmpty();
        if (alone || local.members.live() > 0) {
            joined = true;
            // its own news could not spread while it knew nobody
            local.spread(local.self(MemberState.ALIVE));
            registry.announceOwn();
            notes.announceOwn();
            out.publish(new SwimEvent.Joined());
        }
    }

    void onRefuse(Address from, NodeId sender, Body.Refuse refuse, Outbox<Packet, SwimTimer, SwimEvent> out) {
        // only whom this node called answers with a refusal
        refused(from, "refused by " + sender + " at " + from + ": " + refuse.reason(), refuse.last(), out);
    }

    /** The wire's own words name both nodes, and which of them refused. */
    void onWireRefused(Address to, String reason, Outbox<Packet, SwimTimer, SwimEvent> out) {
        refused(to, "the connection to " + to + " was refused: " + reason, true, out);
    }

    /** Before this node has joined that is the end, afterwards it is news. */
    private void refused(Address other, String text, boolean last, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (last && !joined) {
            verdicts.giveUp(text, out);
        } else {
            local.decide(SwimEvent.Decision.REFUSE, other, text, out);
        }
    }
}
