package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.FileCells;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell on real threads and clocks. Waits are for conditions, never for times. */
class CrdtSpaceTest {
    private static final CrdtConfig CONFIG = CrdtConfig.lan().withGossipInterval(Duration.ofMillis(5));
    /** Nothing is saved or sent unless somebody waits for it. */
    private static final CrdtConfig SELDOM = CrdtConfig.lan().withGossipInterval(Duration.ofDays(1));

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Village village = new Village();

    @AfterEach
    void close() {
        village.close();
    }

    private CrdtSpace start(String name) {
        return village.start(name, CONFIG, Optional.of(DurableCells.inMemory()));
    }

    private void untilEqual() {
        await().atMost(LIMIT)
                .until(() -> village.spaces.values().stream()
                                .map(CrdtSpace::digest)
                                .distinct()
                                .count()
                        == 1);
    }

    @Test
    void updatesOfManyThreadsOnAllNodesAreAllCountedEverywhere() {
        List<CrdtSpace> spaces = List.of(start("a"), start("b"), start("c"));
        List<CompletableFuture<Void>> writers = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.runAsync(() -> {
                    CrdtSpace space = spaces.get(i % 3);
                    for (int n = 0; n < 500; n++) {
                        space.counter("views").increment();
                        space.set("tags", Texts.UTF_8).add("tag " + n % 50);
                        space.map("likes", Texts.UTF_8).counter("film " + n % 7).increment();
                    }
                }))
                .toList();
        writers.forEach(CompletableFuture::join);
        await().atMost(LIMIT)
                .until(() ->
                        spaces.stream().allMatch(space -> space.counter("views").value() == 3_000));
        untilEqual();
        spaces.forEach(space -> {
            assertThat(space.set("tags", Texts.UTF_8).size()).isEqualTo(50);
            assertThat(space.map("likes", Texts.UTF_8).keys().stream()
                            .mapToLong(film -> space.map("likes", Texts.UTF_8)
                                    .counter(film)
                                    .value())
                            .sum())
                    .isEqualTo(3_000);
        });
    }

    @Test
    void bothSidesOfAPartitionGoOnAndMeetAgain() {
        CrdtSpace a = start("a");
        CrdtSpace b = start("b");
        a.counter("views").increment();
        await().atMost(LIMIT).until(() -> b.counter("views").value() == 1);
        village.cut("b");
        a.counter("views").add(10);
        b.counter("views").add(100);
        assertThat(a.counter("views").value()).isEqualTo(11);
        assertThat(b.counter("views").value()).isEqualTo(101);
        village.mend();
        untilEqual();
        assertThat(a.counter("views").value()).isEqualTo(111);
    }

    @Test
    void aValueLargerThanAMessageArrives() {
        CrdtConfig small = CONFIG.withWire(new DataSize(2048), new DataSize(4096));
        CrdtSpace a = village.start("a", small, Optional.empty());
        IntStream.range(0, 200).forEach(i -> a.set("large", Texts.UTF_8).add(i + "x".repeat(400)));
        CrdtSpace b = village.start("b", small, Optional.empty());
        untilEqual();
        assertThat(b.set("large", Texts.UTF_8).size()).isEqualTo(200);
    }

    @Test
    void whatWasFlushedIsThereAfterARestartAndSoIsWhatWasThereAtTheClose(@TempDir Path directory) throws Exception {
        FileCells cells = FileCells.open(directory, "a");
        CrdtSpace first = village.start("a", SELDOM, Optional.of(cells));
        first.counter("views").add(7);
        first.flush().toCompletableFuture().get(30, TimeUnit.SECONDS);
        Replica crashed = Replicas.replica(1);
        CrdtNode.restore(Optional.of(new SpaceDisk("crdt", SpaceDisk.RING)), cells, crashed);
        assertThat(new Shelf(crashed).counter("views").value())
                .as("if it had crashed now")
                .isEqualTo(7);
        first.register("title", Texts.UTF_8).set("last");
        village.end("a");
        CrdtSpace second = village.start("a", CONFIG, Optional.of(cells));
        assertThat(second.counter("views").value()).isEqualTo(7);
        assertThat(second.register("title", Texts.UTF_8).value()).contains("last");
        village.end("a");
        cells.close();
    }

    @Test
    void whoWaitsForCopiesIsToldWhenTheyAreThereOrThatTheyAreNot() throws Exception {
        CrdtSpace a = start("a");
        a.counter("views").increment();
        assertThatThrownBy(() -> a.awaitSpread(1, Duration.ofMillis(20))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(DeadlineExceededException.class);
        CrdtSpace b = start("b");
        a.awaitSpread(1, LIMIT).toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(b.counter("views").value()).isEqualTo(1);
        CompletableFuture<?> open = a.awaitSpread(2, LIMIT).toCompletableFuture();
        village.end("a");
        assertThatThrownBy(() -> open.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(UnavailableException.class);
    }

    @Test
    void whoWaitsForTheDiskWhenTheSpaceIsClosedIsToldTheTruthAndSoIsWhoComesLater() throws Exception {
        CrdtSpace a = village.start("a", SELDOM, Optional.of(DurableCells.inMemory()));
        a.counter("views").increment();
        CompletableFuture<?> open = a.flush().toCompletableFuture();
        village.end("a");
        open.get(30, TimeUnit.SECONDS);
        a.flush().toCompletableFuture().get(30, TimeUnit.SECONDS);
        a.counter("views").increment();
        assertThat(a.flush().toCompletableFuture()).isCompletedExceptionally();
        assertThat(a.awaitSpread(1, LIMIT).toCompletableFuture()).isCompletedExceptionally();
    }

    /** Cells that refuse to write, or keep the writer waiting, when told so. */
    private static final class Gate implements DurableCells {
        private final DurableCells kept = DurableCells.inMemory();
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        @Override
        public Optional<byte[]> read(String name) {
            return kept.read(name);
        }

        @Override
        public void write(String name, byte[] value) {
            reached.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            kept.write(name, value);
        }
    }

    @Test
    void theLastSaveIsMadeThoughTheMailboxIsFull() throws Exception {
        Gate gate = new Gate();
        CrdtSpace a = village.start("a", SELDOM, Optional.of(gate));
        a.counter("views").increment();
        a.flush();
        gate.reached.await();
        IntStream.range(0, 2_000).forEach(i -> village.announce("a"));
        a.counter("views").increment();
        Thread closer = new Thread(() -> village.end("a"));
        closer.start();
        await().atMost(LIMIT).until(() -> closer.getState() == Thread.State.WAITING);
        gate.opened.countDown();
        closer.join();
        CrdtSpace again = village.start("a", SELDOM, Optional.of(gate));
        assertThat(again.counter("views").value()).isEqualTo(2);
    }

    @Test
    void aNodeThatLeavesWaitsUntilAnotherHasWhatOnlyItKnew() throws Exception {
        CrdtSpace a = start("a");
        a.counter("views").increment();
        a.leave(LIMIT).toCompletableFuture().get(30, TimeUnit.SECONDS);
        CrdtSpace b = start("b");
        a.awaitSpread(1, LIMIT).toCompletableFuture().get(30, TimeUnit.SECONDS);
        a.counter("views").increment();
        a.leave(LIMIT).toCompletableFuture().get(30, TimeUnit.SECONDS);
        village.end("a");
        assertThat(b.counter("views").value()).isEqualTo(2);
    }

    @Test
    void whileTheDiskRefusesNothingIsSentAndNothingIsLost() {
        AtomicBoolean full = new AtomicBoolean();
        DurableCells kept = DurableCells.inMemory();
        DurableCells cells = new DurableCells() {
            @Override
            public Optional<byte[]> read(String name) {
                return kept.read(name);
            }

            @Override
            public void write(String name, byte[] value) {
                if (full.get()) {
                    throw new UncheckedIOException(new IOException("no space left on device"));
                }
                kept.write(name, value);
            }
        };
        CrdtSpace a = village.start("a", CONFIG, Optional.of(cells));
        CrdtSpace b = start("b");
        full.set(true);
        a.counter("views").increment();
        b.counter("others").increment();
        await().atMost(LIMIT).until(() -> a.counter("others").value() == 1);
        assertThat(b.counter("views").value()).as("not saved, so not sent").isZero();
        full.set(false);
        await().atMost(LIMIT).until(() -> b.counter("views").value() == 1);
    }

    @Test
    void listenersHearOfChangesOfThisNodeAndOfOthersUntilTheyStop() {
        CrdtSpace a = start("a");
        CrdtSpace b = start("b");
        List<Long> heard = new CopyOnWriteArrayList<>();
        var listening =
                a.counter("views").onChange(() -> heard.add(a.counter("views").value()));
        a.counter("views").onChange(() -> {
            throw new IllegalStateException("a listener that fails, as planned by this test");
        });
        a.counter("views").increment();
        await().atMost(LIMIT).until(() -> heard.contains(1L));
        b.counter("views").increment();
        await().atMost(LIMIT).until(() -> heard.contains(2L));
        listening.close();
        List<Long> others = new CopyOnWriteArrayList<>();
        a.counter("views").onChange(() -> others.add(a.counter("views").value()));
        b.counter("views").increment();
        await().atMost(LIMIT).until(() -> others.contains(3L));
        assertThat(heard).doesNotContain(3L);
    }

    @Test
    void aRefusedUpdateIsCounted() {
        CrdtSpace a = village.start("a", CONFIG.withLimits(1, 10), Optional.empty());
        a.flag("on").set(true);
        assertThatThrownBy(() -> a.flag("too many").set(true)).isInstanceOf(NotAppliedException.class);
        assertThat(village.meters.get("holdfast.crdt.refused").counter().count())
                .isEqualTo(1);
        assertThat(village.meters.get("holdfast.crdt.objects").gauge().value()).isEqualTo(1);
        assertThat(a.flag("on").isSet()).isTrue();
    }
}
