package io.holdfast.consensus.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Leadership.Term;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bytes that stand in logs and travel between versions; a change here needs a new version number. */
class LogWireTest {
    private static final Term TERM = new Term(Optional.of(NodeId.of("n1")), new Epoch(300));

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Batch batch(String... items) {
        return Batch.of(Arrays.stream(items).map(Register::bytes).toList());
    }

    @Test
    void theBytesOfEntriesAreFixed() {
        assertThat(hex(Entry.encode(300, List.of(batch("ab"), batch("c", ""))))).isEqualTo("01ac0203026162016300");
        assertThat(hex(Entry.encode(0, List.of()))).isEqualTo("010000");
    }

    @Test
    void theBytesOfMessagesAreFixed() {
        assertThat(hex(batch("ab", "c").encode())).isEqualTo("01020261620163");
        assertThat(hex(new Probe(300, new PeerId(NodeId.of("n1"), 0x5f)).encode()))
                .isEqualTo("01ac026e31233566");
        assertThat(hex(Answer.done(TERM, ByteBuffer.wrap(new byte[] {7})).encode()))
                .isEqualTo("0100ac02026e3107");
        assertThat(hex(Answer.refused(Answer.Status.UNKNOWN, new Term(Optional.empty(), Epoch.ZERO), "x")
                        .encode()))
                .isEqualTo("0103000078");
        assertThat(hex(Results.encode(Arrays.asList(Register.bytes("a"), null, new byte[0]))))
                .isEqualTo("02610001");
        assertThat(hex(new Query(ReadConsistency.LINEARIZABLE, Register.bytes("q")).encode()))
                .isEqualTo("0071");
        assertThat(hex(new Query(ReadConsistency.atLeast(300), Register.bytes("q")).encode()))
                .isEqualTo("01ac0271");
        assertThat(hex(new Query(ReadConsistency.bounded(Duration.ofNanos(5)), Register.bytes("q")).encode()))
                .isEqualTo("020571");
        assertThat(hex(new Query(ReadConsistency.LOCAL, Register.bytes("q")).encode()))
                .isEqualTo("0371");
    }

    @Test
    void theHeadOfASnapshotIsFixedAndReadBack() throws IOException {
        Register register = new Register();
        BatchApplier applier = new BatchApplier(register);
        applier.apply(4, Entry.encode(300, List.of(batch("ab"), batch("c"))));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var capture = applier.capture()) {
            applier.apply(5, Entry.encode(400, List.of(batch("later"))));
            capture.writeTo(out);
        }
        assertThat(hex(out.toByteArray())).isEqualTo("010000000000000002000000000000012c61620a63");
        BatchApplier restored = new BatchApplier(new Register());
        restored.restore(4, new ByteArrayInputStream(out.toByteArray()));
        assertThat(List.of(restored.index(), restored.logNanos(), restored.entryIndex()))
                .containsExactly(2L, 300L, 4L);
    }

    @Test
    void whatThisVersionDoesNotKnowStopsTheReplicaAndChangesNothing() {
        Register register = new Register();
        BatchApplier applier = new BatchApplier(register);
        for (String bad : List.of("", "00", "0101020161", "01010101", "0101010161ff")) {
            assertThatThrownBy(() -> applier.apply(1, HexFormat.of().parseHex(bad)))
                    .as("entry %s", bad)
                    .isInstanceOf(CodecException.class);
        }
        for (String newer : List.of("02", "0201")) {
            assertThatThrownBy(() -> applier.apply(1, HexFormat.of().parseHex(newer)))
                    .as("entry %s", newer)
                    .isInstanceOf(NeedsUpgradeException.class);
        }
        assertThat(register.commands).isEmpty();
        for (String bad : List.of("", "01", "01ffffffffffffffff0000000000000000")) {
            assertThatThrownBy(() -> applier.restore(
                            1, new ByteArrayInputStream(HexFormat.of().parseHex(bad))))
                    .as("snapshot %s", bad)
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> applier.restore(
                        1, new ByteArrayInputStream(HexFormat.of().parseHex("02"))))
                .isInstanceOf(NeedsUpgradeException.class);
    }

    @Test
    void timeInTheLogNeverGoesBack() {
        Register register = new Register();
        BatchApplier applier = new BatchApplier(register);
        applier.apply(1, Entry.encode(300, List.of(batch("a"))));
        applier.apply(2, Entry.encode(200, List.of(batch("b"))));
        assertThat(register.logNanos).isEqualTo(300);
    }

    @Test
    void anAnswerWithoutRoomKeepsAPlaceForEveryResult() {
        byte[] results = Results.encode(List.of(new byte[10], new byte[10], new byte[10]));
        ByteBuffer fitting = Results.fitting(ByteBuffer.wrap(results), 3, 25);
        List<byte @Nullable []> read = Results.decode(fitting, 3);
        assertThat(read).hasSize(3);
        assertThat(read.get(0)).hasSize(10);
        assertThat(read.get(1)).hasSize(10);
        assertThat(read.get(2)).isNull();
    }

    @Property(tries = 500)
    void numbersAreReadAsTheyWereWritten(@ForAll @LongRange(min = 0) long value) {
        ByteBuffer out = ByteBuffer.allocate(Varints.size(value));
        Varints.put(out, value);
        assertThat(out.hasRemaining()).isFalse();
        assertThat(Varints.get(out.flip())).isEqualTo(value);
    }

    @Property(tries = 2000)
    void hostileBytesEndAsCodecExceptions(@ForAll byte[] bytes) {
        List<Runnable> readers = List.of(
                () -> Entry.decode(bytes),
                () -> Batch.decode(bytes, 512, 1024, 1024),
                () -> Answer.decode(bytes),
                () -> Probe.decode(bytes),
                () -> Query.decode(ByteBuffer.wrap(bytes)),
                () -> Results.decode(ByteBuffer.wrap(bytes), 7));
        for (Runnable reader : readers) {
            try {
                reader.run();
            } catch (CodecException | NeedsUpgradeException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Property(tries = 5)
    void hostileRequestsAreAnsweredOnEveryRouteAndHurtNobody(@ForAll long seed) {
        ModelCluster cluster = new ModelCluster(seed, 3, 0, GroupLogConfig.lan(), node -> new Register());
        int leader = cluster.leader();
        Transport stranger = cluster.wire.start("stranger");
        RandomGenerator random = cluster.environment.random().split("hostile");
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (Route route : Route.values()) {
            for (int i = 0; i < 100; i++) {
                byte[] bytes = new byte[random.nextInt(12)];
                random.nextBytes(bytes);
                if (bytes.length > 0 && random.nextBoolean()) {
                    bytes[0] = 1;
                }
                CallContext context = CallContext.EMPTY.withDeadline(
                        Deadline.after(cluster.clock().nanoTime(), Duration.ofSeconds(5)));
                answers.add(stranger.request(
                        cluster.node(leader).transport().address(),
                        new Message(route.of(ModelGroup.GROUP), context, bytes, route.lane())));
            }
        }
        cluster.environment.advance(Duration.ofSeconds(10));
        answers.forEach(answer -> assertThat(answer.handle((bytes, error) -> error == null
                                || error instanceof HoldfastException
                                        && !error.getMessage().contains("Exception"))
                        .join())
                .isTrue());
        var after = cluster.log(leader)
                .propose(new byte[1], Deadline.after(cluster.clock().nanoTime(), Duration.ofSeconds(5)))
                .toCompletableFuture();
        cluster.advanceUntil("the group goes on", after::isDone);
        after.join();
    }
}
