package io.holdfast.discovery.swim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.loop.Outbox;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node driven by hand: what it does with each single message and timer. */
class SwimStepsTest {
    private static final NodeId A = NodeId.of("a");
    private static final SwimConfig LAN = SwimConfig.lan();
    private static final long MS = 1_000_000L;

    private final Outbox<Packet, SwimTimer, SwimEvent> out = new Outbox<>();
    private final List<Outbox.Send<Packet>> sent = new ArrayList<>();
    private final List<SwimEvent> events = new ArrayList<>();
    private final List<SwimTimer> timers = new ArrayList<>();
    private long now = 1_000_000 * MS;
    private Swim swim;

    SwimStepsTest() {
        swim = node(LAN);
    }

    private static Swim node(SwimConfig config) {
        return new Swim(
                new SwimIdentity("c", A, at("a"), "z"),
                1,
                config,
                new SwimMemory("id", 4, 0, 0, Charter.NONE),
                new SplittableRandom(5));
    }

    private static Address at(String node) {
        return Address.of(node, 7946);
    }

    @BeforeEach
    void start() {
        swim.onStart(now, out);
        collect();
    }

    private void collect() {
        sent.addAll(out.sends());
        events.addAll(out.events());
        timers.addAll(out.wakes().stream().map(Outbox.Wake::timer).toList());
        out.clear();
    }

    @Test
    void aRefusalOnTheWireNamesWhoRefusedAndNotThisNode() {
        swim.onRequest(new SwimRequest.WireRefused(at("b"), "node b (b:7946) refused node a (a:7946)"), now, out);
        collect();
        assertThat(events)
                .filteredOn(event ->
                        event instanceof SwimEvent.Decided decided && decided.kind() == SwimEvent.Decision.REFUSE)
                .singleElement()
                .asString()
                .contains("the connection to b:7946 was refused: node b (b:7946) refused node a (a:7946)")
                .doesNotContain("refused by a");
    }

    private static Rumor.OfMember rumor(String node, long incarnation, MemberState state) {
        return new Rumor.OfMember(NodeId.of(node), at(node), "", incarnation, state, NodeId.of("b"));
    }

    private void hear(Rumor... rumors) {
        receive("b", new Body.Gossip(), rumors);
    }

    private void receive(String from, Body body, Rumor... rumors) {
        swim.onMessage(at(from), new Packet("c", "id", NodeId.of(from), body, List.of(rumors)), now, out);
        collect();
    }

    private void fire(SwimTimer timer, long late) {
        timers.remove(timer);
        now = Math.max(now, timer.due() + late);
        swim.onTimer(timer, now, out);
        collect();
    }

    private <T extends SwimTimer> T timer(Class<T> type) {
        return timers.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private <T extends Body> List<T> bodies(Class<T> type) {
        return sent.stream()
                .map(send -> send.message().body())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Test
    void aNewRunBeginsWithAHigherIncarnationThatIsOnDiskFirst() {
        Outbox<Packet, SwimTimer, SwimEvent> fresh = new Outbox<>();
        Swim other = node(LAN);
        other.onStart(now, fresh);
        assertThat(other.view().get(0).incarnation()).isEqualTo(5L << 16);
        assertThat(SwimMemory.decode(fresh.writes().get(0).value()).run()).isEqualTo(5);
    }

    @Test
    void aNodeThatIsSuspectedRefutesWithAHigherIncarnation() {
        long own = swim.view().get(0).incarnation();
        hear(rumor("b", 1, MemberState.ALIVE), rumor("a", own, MemberState.SUSPECT));
        assertThat(swim.view().get(0).incarnation()).isEqualTo(own + 1);
        assertThat(sent)
                .anyMatch(send -> send.message().rumors().stream()
                        .anyMatch(r -> r instanceof Rumor.OfMember m
                                && m.id().equals(A)
                                && m.state() == MemberState.ALIVE
                                && m.incarnation() == own + 1));
        hear(rumor("a", own, MemberState.SUSPECT));
        assertThat(swim.view().get(0).incarnation()).isEqualTo(own + 1);
    }

    @Test
    void helpersAreAskedBeforeAMemberIsSuspected() {
        hear(rumor("b", 1, MemberState.ALIVE), rumor("c", 1, MemberState.ALIVE));
        fire(timer(SwimTimer.ProbeTick.class), 0);
        assertThat(bodies(Body.Ping.class)).hasSize(1);
        SwimTimer.ProbeTimeout timeout = timer(SwimTimer.ProbeTimeout.class);
        fire(timeout, 0);
        assertThat(bodies(Body.PingRequest.class))
                .singleElement()
                .satisfies(request -> assertThat(request.target())
                        .isEqualTo(bodies(Body.Ping.class).get(0).target()));
        String target = bodies(Body.Ping.class).get(0).target().value();
        String helper = target.equals("b") ? "c" : "b";
        receive(helper, new Body.Ack(timeout.sequence(), NodeId.of(target)));
        fire(timer(SwimTimer.ProbeOver.class), 0);
        assertThat(swim.stateOf(NodeId.of(target))).isEqualTo(MemberState.ALIVE);
    }

    @Test
    void aMemberThatAnswersNeitherDirectlyNorThroughHelpersIsSuspectedThenDead() {
        hear(rumor("b", 1, MemberState.ALIVE));
        fire(timer(SwimTimer.ProbeTick.class), 0);
        fire(timer(SwimTimer.ProbeTimeout.class), 0);
        fire(timer(SwimTimer.ProbeOver.class), 0);
        assertThat(swim.stateOf(NodeId.of("b"))).isEqualTo(MemberState.SUSPECT);
        callInVain();
        fire(timer(SwimTimer.SuspicionOver.class), 0);
        assertThat(swim.stateOf(NodeId.of("b"))).isEqualTo(MemberState.DEAD);
    }

    private void callInVain() {
        while (timers.stream().anyMatch(SwimTimer.LastCall.class::isInstance)) {
            fire(timer(SwimTimer.LastCall.class), 0);
        }
    }

    /** Accusers who speak late would end the suspicion at once; the suspect is called all the same, and told each time what it is to refute. */
    @Test
    void nobodyIsBuriedBeforeSixCallsWentUnanswered() {
        hear(rumor("b", 1, MemberState.ALIVE), rumor("c", 1, MemberState.SUSPECT), rumor("d", 1, MemberState.ALIVE));
        hear(rumor("e", 1, MemberState.ALIVE), rumor("f", 1, MemberState.ALIVE));
        now += 3_000 * MS;
        for (String accuser : List.of("d", "e", "f")) {
            hear(new Rumor.OfMember(NodeId.of("c"), at("c"), "", 1, MemberState.SUSPECT, NodeId.of(accuser)));
        }
        long begin = now;
        sent.clear();
        timers.removeIf(timer -> timer.due() > begin);
        assertThat(timers).noneMatch(SwimTimer.SuspicionOver.class::isInstance);
        callInVain();
        assertThat(bodies(Body.Ping.class)).hasSize(6);
        assertThat(sent.stream().filter(send -> send.message().body() instanceof Body.Ping))
                .allMatch(send -> send.to().equals(at("c"))
                        && send.message().rumors().get(0) instanceof Rumor.OfMember accusation
                        && accusation.state() == MemberState.SUSPECT);
        assertThat(swim.stateOf(NodeId.of("c"))).isEqualTo(MemberState.SUSPECT);
        fire(timer(SwimTimer.SuspicionOver.class), 0);
        assertThat(now - begin).isEqualTo(6 * LAN.probeTimeout().toNanos());
        assertThat(swim.stateOf(NodeId.of("c"))).isEqualTo(MemberState.DEAD);
    }

    /** Gossip may have passed it by: without this it would hold on to its suspicion until it buries a living member. */
    @Test
    void whoeverMissedARefutationHearsItWithTheAnswer() {
        long own = swim.view().get(0).incarnation();
        Rumor accusation = rumor("a", own, MemberState.SUSPECT);
        hear(rumor("b", 1, MemberState.ALIVE), rumor("c", 1, MemberState.ALIVE), accusation);
        for (int i = 0; i < 50; i++) {
            receive("c", new Body.Ping(i, A));
        }
        sent.clear();
        receive("b", new Body.Ping(99, A), accusation);
        receive("b", new Body.Gossip(), accusation);
        assertThat(sent).hasSize(2).allSatisfy(send -> {
            assertThat(send.to()).isEqualTo(at("b"));
            assertThat(send.message().rumors())
                    .containsExactly(new Rumor.OfMember(A, at("a"), "z", own + 1, MemberState.ALIVE, A));
        });
        assertThat(sent.get(0).message().body()).isEqualTo(new Body.Ack(99, A));
    }

    /** Else a suspicion would confirm itself: each node that repeats it would count as one that made the same observation. */
    @Test
    void aViewThatRepeatsASuspicionNamesItsAccuser() {
        hear(rumor("c", 1, MemberState.SUSPECT));
        receive("d", new Body.State(List.of(), List.of(), List.of(), true));
        assertThat(bodies(Body.State.class).get(0).members()).contains(rumor("c", 1, MemberState.SUSPECT));
    }

    /** A transport's frames may be as small as 64 KiB; what is larger is dropped, and the repair with it. */
    @Test
    void aRepairFitsIntoTheSmallestFrame() {
        hear(rumor("b", 1, MemberState.ALIVE));
        Map<String, String> tags = new HashMap<>();
        for (int i = 0; i < 16; i++) {
            tags.put("\u20ac".repeat(120) + i, "\u20ac".repeat(128)); // three bytes each
        }
        for (int i = 0; i < 40; i++) {
            ServiceName service = ServiceName.of("s" + i);
            hear(
                    new Rumor.OfService(
                            NodeId.of("b"),
                            service,
                            1,
                            new ServiceInstance(
                                    service, NodeId.of("b"), at("b"), "", "", tags, 100, true, List.of(1, 2, 3))),
                    new Rumor.OfNote(NodeId.of("b"), "t" + i % 16, i + 1, new byte[4096]));
        }
        sent.clear();

        receive("d", new Body.State(List.of(), List.of(), List.of(), false));

        assertThat(sent.stream().map(send -> PacketCodec.encode(send.message()).length))
                .allMatch(length -> length <= 64 * 1024);
        assertThat(bodies(Body.Offers.class).stream()
                        .mapToInt(body -> body.offers().size())
                        .sum())
                .isEqualTo(40);
        assertThat(bodies(Body.Notes.class).stream()
                        .mapToInt(body -> body.notes().size())
                        .sum())
                .isEqualTo(16);
    }

    @Test
    void aNodeThatStoodStillAccusesNobodyAndGivesSuspectsTheWholeTimeAgain() {
        hear(rumor("b", 1, MemberState.ALIVE), rumor("c", 1, MemberState.SUSPECT));
        fire(timer(SwimTimer.ProbeTick.class), 0);
        SwimTimer.LastCall call = timer(SwimTimer.LastCall.class);
        SwimTimer.ProbeOver probe = timer(SwimTimer.ProbeOver.class);
        fire(call, 10_000 * MS);
        fire(probe, 0);
        assertThat(timer(SwimTimer.LastCall.class).due()).isGreaterThan(now + 400 * MS);
        assertThat(swim.stateOf(NodeId.of("c"))).isEqualTo(MemberState.SUSPECT);
        assertThat(swim.stateOf(NodeId.of("b"))).isEqualTo(MemberState.ALIVE);
        assertThat(events)
                .anyMatch(event ->
                        event instanceof SwimEvent.Decided decided && decided.kind() == SwimEvent.Decision.STALL);
        callInVain();
        fire(timer(SwimTimer.SuspicionOver.class), 0);
        assertThat(swim.stateOf(NodeId.of("c"))).isEqualTo(MemberState.DEAD);
    }

    @Test
    void aClosedConnectionAloneIsNoProof() {
        hear(rumor("b", 1, MemberState.ALIVE), rumor("c", 1, MemberState.ALIVE), rumor("d", 1, MemberState.ALIVE));
        swim.onRequest(new SwimRequest.ConnectionClosed(at("c")), now, out);
        collect();
        SwimTimer.ProbeOver over = timer(SwimTimer.ProbeOver.class);
        receive("b", new Body.Nack(over.sequence(), NodeId.of("c"), false));
        receive("d", new Body.Nack(over.sequence(), NodeId.of("c"), false));
        fire(over, 0);
        assertThat(timers).noneMatch(SwimTimer.SuspicionOver.class::isInstance);
        long begin = now;
        callInVain();
        assertThat(timer(SwimTimer.SuspicionOver.class).due() - begin).isGreaterThan(1000 * MS);
    }

    @Test
    void aMemberThatHelpersLostTooIsDeadSoon() {
        hear(rumor("b", 1, MemberState.ALIVE), rumor("c", 1, MemberState.ALIVE), rumor("d", 1, MemberState.ALIVE));
        swim.onRequest(new SwimRequest.ConnectionClosed(at("c")), now, out);
        collect();
        SwimTimer.ProbeOver over = timer(SwimTimer.ProbeOver.class);
        receive("b", new Body.Nack(over.sequence(), NodeId.of("c"), true));
        receive("d", new Body.Nack(over.sequence(), NodeId.of("c"), true));
        fire(over, 0);
        assertThat(timers).anyMatch(t -> t instanceof SwimTimer.SuspicionOver due && due.due() - now <= 200 * MS);
    }

    @Test
    void whoeverIsSuspectedHearsOfItWithEveryMessage() {
        hear(rumor("b", 1, MemberState.SUSPECT));
        for (int i = 0; i < 50; i++) {
            receive("b", new Body.Ping(i, A));
        }
        Packet last = sent.get(sent.size() - 1).message();
        assertThat(last.rumors().get(0))
                .isInstanceOfSatisfying(
                        Rumor.OfMember.class, r -> assertThat(r.state()).isEqualTo(MemberState.SUSPECT));
    }

    @Test
    void aPingForAnotherNodeIsNotAnswered() {
        hear(rumor("b", 1, MemberState.ALIVE));
        receive("b", new Body.Ping(1, NodeId.of("x")));
        assertThat(bodies(Body.Ack.class)).isEmpty();
    }

    @Property(tries = 300)
    void rumoursEndInTheSameViewInWhateverOrderTheyArrive(
            @ForAll @Size(max = 12) List<@IntRange(max = 11) Integer> codes, @ForAll long seed) {
        List<Rumor.OfMember> rumors = new ArrayList<>();
        codes.forEach(code -> rumors.add(rumor("m", 1 + code / 4, MemberState.values()[code % 4])));
        Swim other = node(LAN);
        other.onStart(now, new Outbox<>());
        swim = node(LAN);
        start();
        hear(rumors.toArray(new Rumor[0]));
        List<Rumor> shuffled = new ArrayList<>(rumors);
        Collections.shuffle(shuffled, new Random(seed));
        shuffled.addAll(shuffled);
        other.onMessage(
                at("b"), new Packet("c", "id", NodeId.of("b"), new Body.Gossip(), shuffled), now, new Outbox<>());
        assertThat(other.view().stream().filter(m -> m.id().value().equals("m")).toList())
                .isEqualTo(swim.view().stream()
                        .filter(m -> m.id().value().equals("m"))
                        .toList());
    }

    @Test
    void membersAreBoundedAndTheLongestDeadIsForgottenFirst() {
        SwimConfig small = new SwimConfig(
                LAN.probeInterval(),
                LAN.probeTimeout(),
                3,
                4,
                5,
                3,
                8,
                LAN.gossipInterval(),
                4,
                4,
                LAN.syncInterval(),
                LAN.reconnectInterval(),
                LAN.hintTimeout(),
                LAN.formInterval(),
                LAN.deadRetention(),
                3,
                2);
        swim = node(small);
        start();
        hear(rumor("m1", 1, MemberState.DEAD));
        now += MS;
        hear(rumor("m2", 1, MemberState.DEAD), rumor("m3", 1, MemberState.ALIVE));
        hear(rumor("m4", 1, MemberState.ALIVE));
        assertThat(swim.stateOf(NodeId.of("m1"))).isNull();
        assertThat(swim.stateOf(NodeId.of("m2"))).isEqualTo(MemberState.DEAD);
        hear(rumor("m5", 1, MemberState.ALIVE), rumor("m6", 1, MemberState.ALIVE));
        assertThat(swim.stateOf(NodeId.of("m6"))).isNull();
        assertThat(swim.view()).hasSize(4);
    }

    @Test
    void offersOfOneNodeAreBounded() {
        hear(rumor("b", 1, MemberState.ALIVE));
        for (int i = 0; i < 200; i++) {
            hear(new Rumor.OfService(NodeId.of("b"), ServiceName.of("s" + i), 1, instance("b", "s" + i)));
        }
        assertThat(events.stream().filter(SwimEvent.ServiceChanged.class::isInstance))
                .hasSize(128);
        assertThat(events)
                .anyMatch(event ->
                        event instanceof SwimEvent.Decided decided && decided.kind() == SwimEvent.Decision.DROP);
    }

    private static ServiceInstance instance(String node, String service) {
        return new ServiceInstance(
                ServiceName.of(service), NodeId.of(node), at(node), "1", "", Map.of(), 100, true, List.of());
    }

    @Test
    void anOlderOfferNeverReplacesANewerOneAndTheDeadOfferNothing() {
        NodeId b = NodeId.of("b");
        ServiceName service = ServiceName.of("s");
        hear(rumor("b", 1, MemberState.ALIVE), new Rumor.OfService(b, service, 2, null));
        hear(new Rumor.OfService(b, service, 1, instance("b", "s")));
        assertThat(events).noneMatch(SwimEvent.ServiceChanged.class::isInstance);
        hear(new Rumor.OfService(b, service, 3, instance("b", "s")), rumor("b", 1, MemberState.DEAD));
        assertThat(events.stream()
                        .filter(SwimEvent.ServiceChanged.class::isInstance)
                        .map(event -> ((SwimEvent.ServiceChanged) event).change()))
                .containsExactly(new ServiceEvent.Updated(instance("b", "s")), new ServiceEvent.Removed(service, b));
    }

    @Test
    void anOfferOfAnEarlierRunIsTakenBack() {
        hear(rumor("b", 1, MemberState.ALIVE));
        hear(new Rumor.OfService(A, ServiceName.of("old"), 9, instance("a", "old")));
        fire(timer(SwimTimer.GossipTick.class), 0);
        assertThat(sent)
                .anyMatch(send -> send.message().rumors().stream()
                        .anyMatch(r -> r instanceof Rumor.OfService offer
                                && offer.owner().equals(A)
                                && offer.instance() == null
                                && offer.version() > 9));
    }

    private List<SwimEvent.NoteChanged> notesHeard() {
        return events.stream()
                .filter(SwimEvent.NoteChanged.class::isInstance)
                .map(SwimEvent.NoteChanged.class::cast)
                .toList();
    }

    @Test
    void notesOfOneNodeAreBounded() {
        hear(rumor("b", 1, MemberState.ALIVE));
        for (int i = 0; i < 50; i++) {
            hear(new Rumor.OfNote(NodeId.of("b"), "t" + i, 1, new byte[] {1}));
        }
        assertThat(notesHeard()).hasSize(16);
        assertThat(events)
                .anyMatch(event ->
                        event instanceof SwimEvent.Decided decided && decided.kind() == SwimEvent.Decision.DROP);
    }

    @Test
    void aNoteThatWasMadeUpInThisNodesNameIsPassedByTheTrueOne() {
        swim.onRequest(new SwimRequest.Post("t", new byte[] {1}), now, out);
        collect();
        hear(rumor("b", 1, MemberState.ALIVE));
        hear(new Rumor.OfNote(A, "t", 1L << 50, new byte[] {66}), new Rumor.OfNote(A, "never-told", 9, new byte[] {66
        }));
        fire(timer(SwimTimer.GossipTick.class), 0);
        assertThat(notesHeard()).extracting(note -> note.value()[0]).containsExactly((byte) 1);
        List<Rumor.OfNote> spread = sent.stream()
                .flatMap(send -> send.message().rumors().stream())
                .filter(Rumor.OfNote.class::isInstance)
                .map(Rumor.OfNote.class::cast)
                .toList();
        assertThat(spread).contains(new Rumor.OfNote(A, "t", (1L << 50) + 1, new byte[] {1}));
        assertThat(spread)
                .anyMatch(note -> note.topic().equals("never-told") && note.value() == null && note.version() > 9);
        assertThat(spread).noneMatch(note -> note.value() != null && note.value()[0] == 66);
    }

    @Test
    void anOlderNoteNeverReplacesANewerOneAndTheDeadTellNothing() {
        NodeId b = NodeId.of("b");
        hear(rumor("b", 1, MemberState.ALIVE), new Rumor.OfNote(b, "t", 2, new byte[] {2}));
        hear(new Rumor.OfNote(b, "t", 1, new byte[] {1}));
        hear(rumor("b", 1, MemberState.DEAD));
        hear(new Rumor.OfNote(b, "t", 3, new byte[] {3}));
        assertThat(notesHeard()).hasSize(2);
        assertThat(notesHeard().get(0).value()).containsExactly(2);
        assertThat(notesHeard().get(1).value()).isNull();
        hear(rumor("b", 2, MemberState.ALIVE));
        assertThat(notesHeard().get(2).value()).containsExactly(3);
    }

    @Test
    void numbersThatLeaveNoRoomToRefuteAreDropped() {
        hear(rumor("a", Long.MAX_VALUE, MemberState.DEAD), rumor("m", Long.MAX_VALUE, MemberState.ALIVE));
        assertThat(swim.view()).hasSize(1);
        assertThat(swim.view().get(0).incarnation()).isEqualTo(5L << 16);
    }
}
