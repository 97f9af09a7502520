package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.loop.Outbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    private static final int COUNTER_SHIFT = 24;

    /** A node without a cluster id that was heard. */
    private record Candidate(
            NodeId id, Address address, Rumor.OfMember self, long nonce, List<Address> aliases, long heardNanos) {}

    /** A round of Paxos that this node leads. */
    private static final class Round {
        final long ballot;
        final Map<NodeId, Address> participants;
        final Set<NodeId> promised = new HashSet<>();
        final Set<NodeId> accepted = new HashSet<>();
        final long startNanos;
        long bestBallot;
        String value = "";
        boolean accepting;

        Round(long ballot, Map<NodeId, Address> participants, long startNanos) {
            this.ballot = ballot;
            this.participants = participants;
            this.startNanos = startNanos;
        }
    }

    /** A newcomer claims the id of a member: the member is asked whether it lives. */
    private record Vetting(long sequence, NodeId id, Address holder, Address claimant) {}

    private final LocalNode local;
    private final Verdicts verdicts;
    private final Registry registry;
    private final AntiEntropy sync;
    private final Prober prober;
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
    private long promisedBallot;
    private long counter;
    private @Nullable Round round;

    Formation(LocalNode local, Verdicts verdicts, Registry registry, AntiEntropy sync, Prober prober) {
        this.local = local;
        this.verdicts = verdicts;
        this.registry = registry;
        this.sync = sync;
        this.prober = prober;
        this.nonce = local.random.nextLong();
        this.pauseNanos = local.config.formInterval().toNanos();
    }

    boolean joined() {
        return joined;
    }

    void start(long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!local.memory().clusterId().isEmpty()) {
            local.enter(LocalNode.Phase.MEMBER);
            out.publish(new SwimEvent.Formed(local.memory().clusterId()));
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
        local.decide(SwimEvent.Decision.REFUSE, to, reason, out);
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
        Round current = round;
        if (current != null && nowNanos - current.startNanos < patience) {
            ask(current, out);
            return;
        }
        if (!seedsKnown) {
            return;
        }
        heard.values().removeIf(candidate -> nowNanos - candidate.heardNanos() > patience);
        Map<NodeId, Address> participants = participants();
        if (participants.isEmpty() || participants.keySet().stream().anyMatch(id -> id.compareTo(local.id()) < 0)) {
            return;
        }
        long ballot = nextBallot();
        Round started = new Round(ballot, participants, nowNanos);
        round = started;
        local.decide(SwimEvent.Decision.FORM, local.id(), "proposes a cluster of " + participants.keySet(), out);
        promisedBallot = ballot;
        SwimMemory memory = local.memory();
        onPromise(local.id(), new Body.Promise(ballot, memory.acceptedBallot(), memory.acceptedValue()), nowNanos, out);
        if (round == started && !started.accepting) {
            ask(started, out);
        }
    }

    /** Asks whoever has not answered, again in each period: messages may be lost, and every participant must answer. */
    private void ask(Round current, Outbox<Packet, SwimTimer, SwimEvent> out) {
        int quorum = current.participants.size();
        Body question = current.accepting
                ? new Body.Accept(current.ballot, quorum, current.value)
                : new Body.Prepare(current.ballot, quorum);
        Set<NodeId> answered = current.accepting ? current.accepted : current.promised;
        current.participants.forEach((id, address) -> {
            if (!answered.contains(id)) {
                local.sendBare(address, question, out);
            }
        });
    }

    /** A ballot is unique: a counter above, the process's nonce below. */
    private long nextBallot() {
        counter = Math.max(counter, Math.max(promisedBallot, local.memory().acceptedBallot()) >>> COUNTER_SHIFT) + 1;
        return (counter << COUNTER_SHIFT) | (nonce & ((1L << COUNTER_SHIFT) - 1));
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

    void onPrepare(Address from, Body.Prepare prepare, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (!mayVote(from, prepare.ballot(), prepare.quorum(), out)) {
            return;
        }
        promisedBallot = prepare.ballot();
        SwimMemory memory = local.memory();
        local.sendBare(from, new Body.Promise(prepare.ballot(), memory.acceptedBallot(), memory.acceptedValue()), out);
    }

    private boolean mayVote(Address from, long ballot, int quorum, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (local.is(LocalNode.Phase.MEMBER)) {
            local.sendBare(from, new Body.Welcome(), out);
            sync.sendState(from, true, out);
            return false;
        }
        if (quorum < local.expect) {
            refuse(
                    from,
                    "a cluster of " + quorum + " was proposed, but node " + local.id() + " expects " + local.expect
                            + "; set the same expect on all nodes",
                    false,
                    out);
            return false;
        }
        long highest = Math.max(promisedBallot, local.memory().acceptedBallot());
        if (ballot < highest) {
            local.sendBare(from, new Body.Outbid(highest), out);
            return false;
        }
        return true;
    }

    void onPromise(NodeId sender, Body.Promise promise, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Round current = round;
        if (current == null
                || current.accepting
                || promise.ballot() != current.ballot
                || !current.participants.containsKey(sender)) {
            return;
        }
        current.promised.add(sender);
        if (promise.acceptedBallot() > current.bestBallot) {
            current.bestBallot = promise.acceptedBallot();
            current.value = promise.value();
        }
        if (current.promised.size() < current.participants.size()) {
            return;
        }
        current.accepting = true;
        if (current.value.isEmpty()) {
            current.value = freshId();
        }
        local.remember(local.memory().withAccepted(current.ballot, current.value), out);
        onAccepted(local.id(), new Body.Accepted(current.ballot), nowNanos, out);
        if (round == current) {
            ask(current, out);
        }
    }

    private String freshId() {
        return String.format("%016x%016x", local.random.nextLong(), local.random.nextLong());
    }

    void onAccept(Address from, Body.Accept accept, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (mayVote(from, accept.ballot(), accept.quorum(), out)) {
            promisedBallot = accept.ballot();
            local.remember(local.memory().withAccepted(accept.ballot(), accept.value()), out);
            local.sendBare(from, new Body.Accepted(accept.ballot()), out);
        }
    }

    void onAccepted(NodeId sender, Body.Accepted accepted, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Round current = round;
        if (current == null || accepted.ballot() != current.ballot || !current.participants.containsKey(sender)) {
            return;
        }
        current.accepted.add(sender);
        if (current.accepted.size() < current.participants.size()) {
            return;
        }
        round = null;
        List<Candidate> founders = new ArrayList<>(heard.values());
        become(current.value, out);
        for (Candidate founder : founders) {
            if (current.participants.containsKey(founder.id())) {
                verdicts.apply(founder.self(), nowNanos, out);
            }
        }
        for (Candidate founder : founders) {
            local.sendBare(founder.address(), new Body.Welcome(), out);
            sync.sendState(founder.address(), false, out);
        }
        checkJoined(out);
    }

    void onOutbid(Body.Outbid outbid) {
        counter = Math.max(counter, outbid.ballot() >>> COUNTER_SHIFT);
        round = null;
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
        out.publish(new SwimEvent.Formed(clusterId));
        local.decide(SwimEvent.Decision.FORM, local.id(), "belongs to cluster " + clusterId + " now", out);
        local.spread(local.self(MemberState.ALIVE));
        registry.announceOwn();
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
            out.publish(new SwimEvent.Joined());
        }
    }

    /** Somebody refused this node: before it has joined that is the end, afterwards it is news. */
    void onRefuse(
            Address from, NodeId sender, Body.Refuse refuse, Outbox<Packet, SwimTimer, SwimEvent> out) {
        String text = "refused by " + sender + " at " + from + ": " + refuse.reason();
        // only whom this node called answers with a refusal
        if (refuse.last() && !joined) {
            verdicts.giveUp(text, out);
        } else {
            local.decide(SwimEvent.Decision.REFUSE, from, text, out);
        }
    }
}
