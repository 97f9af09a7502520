package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Address;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.loop.Outbox;
import io.holdfast.replication.crdt.CrdtMessage.Ack;
import io.holdfast.replication.crdt.CrdtMessage.Objects;
import io.holdfast.replication.crdt.CrdtMessage.Part;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One node of which every turn is seen. Its one peer is played by hand. */
class CrdtNodeTest {
    private static final Address PEER = Address.of("b", 7946);
    private static final long PEER_RUN = 77;

    private final Replica replica = Replicas.replica(100);
    private final Shelf shelf = new Shelf(replica);
    private final CrdtNode node =
            new CrdtNode(Replicas.CONFIG, new CrdtRules(), replica, Optional.empty(), new Random(1));
    private long now;

    private Outbox<CrdtMessage, CrdtTimer, CrdtEvent> request(CrdtRequest request) {
        Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out = new Outbox<>();
        node.onRequest(request, now, out);
        return out;
    }

    private Outbox<CrdtMessage, CrdtTimer, CrdtEvent> tick() {
        now += Replicas.CONFIG.gossipInterval().toNanos();
        Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out = new Outbox<>();
        node.onTimer(CrdtTimer.TICK, now, out);
        return out;
    }

    private Outbox<CrdtMessage, CrdtTimer, CrdtEvent> hear(CrdtMessage message) {
        Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out = new Outbox<>();
        node.onMessage(PEER, message, now, out);
        return out;
    }

    private void acknowledge(Outbox<CrdtMessage, CrdtTimer, CrdtEvent> sent) {
        sent.sends().forEach(send -> {
            if (send.message() instanceof Part part) {
                hear(new Ack(PEER_RUN, part.transfer(), List.of(part.number()), List.of()));
            }
        });
    }

    @Test
    void whoWaitsForACopyOfWhatThePeerItselfHasToldIsTold() {
        request(new CrdtRequest.Peers(List.of(PEER)));
        acknowledge(tick());
        Replica other = Replicas.replica(200);
        new Shelf(other).counter("c").increment();
        byte[] told = other.image(new ObjectId(Kind.COUNTER, "c")).orElseThrow().bytes();
        hear(new Part(PEER_RUN, 0, 1, 0, new Objects(List.of(told))));
        assertThat(shelf.counter("c").value()).isEqualTo(1);
        request(new CrdtRequest.Await(5, replica.latest(), 1));
        assertThat(tick().events()).anyMatch(new CrdtEvent.Reached(5)::equals);
    }

    @Test
    void aPeerThatDoesNotAnswerIsSentTheSameLessAndLessOften() {
        request(new CrdtRequest.Peers(List.of(PEER)));
        int sends = 0;
        for (int i = 0; i < 3_000; i++) { // five minutes
            sends += tick().sends().size();
        }
        assertThat(sends).isBetween(30, 45);
    }

    private static Optional<byte[]> add(Assembly assembly, int number, int first, int count) {
        CrdtMessage.Piece piece = new CrdtMessage.Piece(first, count, new byte[0]);
        return assembly.add(PEER, new Part(PEER_RUN, 0, 1, number, piece), piece);
    }

    @Test
    void piecesThatBelongToNothingAreRefusedAndEmptyOnesAreCounted() {
        Assembly assembly = new Assembly(640);
        assertThatThrownBy(() -> add(assembly, 0, 0, 0)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> add(assembly, 0, 1, 5)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> add(assembly, 6, 1, 5)).isInstanceOf(ProtocolException.class);
        for (int i = 0; i < 11; i++) {
            add(assembly, i, 0, 12);
        }
        assertThat(add(assembly, 11, 0, 12)).as("too many, and forgotten").isEmpty();
        add(assembly, 20, 20, 2);
        assertThat(add(assembly, 21, 20, 2)).isPresent();
    }

    @Test
    void nothingIsKeptForWhomNobodyKnows() {
        Replica other = Replicas.replica(200);
        new Shelf(other).counter("c").increment();
        byte[] told = other.image(new ObjectId(Kind.COUNTER, "c")).orElseThrow().bytes();
        Outbox<CrdtMessage, CrdtTimer, CrdtEvent> answer =
                hear(new Part(PEER_RUN, 0, 1, 0, new CrdtMessage.Piece(0, 1, told)));
        assertThat(answer.sends()).isEmpty();
        request(new CrdtRequest.Peers(List.of(PEER)));
        hear(new Part(PEER_RUN, 0, 1, 0, new CrdtMessage.Piece(0, 1, told)));
        assertThat(shelf.counter("c").value()).isEqualTo(1);
    }

    private static CrdtNode withDisk(Replica replica) {
        return new CrdtNode(
                Replicas.CONFIG, new CrdtRules(), replica, Optional.of(new SpaceDisk("crdt", 40)), new Random(1));
    }

    @Test
    void whileTheDiskRefusesWhatWaitsForItDoesNotGrowAndItIsLeftAloneForLongerAndLonger() {
        CrdtNode refused = withDisk(replica);
        int tries = 0;
        long bytes = 0;
        for (int i = 0; i < 600; i++) { // a minute
            shelf.counter("c").increment();
            now += Replicas.CONFIG.gossipInterval().toNanos();
            Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out = new Outbox<>();
            refused.onTimer(CrdtTimer.TICK, now, out);
            tries += out.writes().isEmpty() ? 0 : 1;
            bytes = i == 0 ? refused.historyBytes() : bytes;
        }
        assertThat(tries).as("tries in a minute").isBetween(12, 30);
        assertThat(refused.historyBytes()).isLessThan(3 * bytes);
    }

    @Test
    void whatTheDiskRefusedIsSavedAndSentOnceItTakesIt() {
        DurableCells cells = DurableCells.inMemory();
        CrdtNode late = withDisk(replica);
        for (int i = 0; i < 200; i++) {
            shelf.counter("c").increment();
            shelf.set("s").add("e" + i);
            now += Replicas.CONFIG.gossipInterval().toNanos();
            Outbox<CrdtMessage, CrdtTimer, CrdtEvent> out = new Outbox<>();
            late.onTimer(CrdtTimer.TICK, now, out);
            if (i >= 100) {
                out.writes().forEach(write -> cells.write(write.cell(), write.value()));
                out.events().forEach(event -> {
                    if (event instanceof CrdtEvent.Saved done) {
                        late.confirm(done.save());
                    }
                });
            }
        }
        assertThat(late.saved()).isEqualTo(replica.latest());
        Replica again = Replicas.replica(300);
        CrdtNode.restore(Optional.of(new SpaceDisk("crdt", 40)), cells, again);
        assertThat(again.digest()).isEqualTo(replica.digest());
    }
}
