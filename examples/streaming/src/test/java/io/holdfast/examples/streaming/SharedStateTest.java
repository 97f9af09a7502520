package io.holdfast.examples.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.consensus.Lease;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.examples.streaming.catalog.CatalogService;
import io.holdfast.examples.streaming.chart.Charts;
import io.holdfast.examples.streaming.chart.NightlyCount;
import io.holdfast.examples.streaming.thumbnail.Thumbnails;
import io.holdfast.examples.streaming.trending.Play;
import io.holdfast.examples.streaming.trending.Plays;
import io.holdfast.examples.streaming.trending.Trending;
import io.holdfast.examples.streaming.trending.TrendingRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the jobs promise, on a group of one node that runs no job by itself. */
class SharedStateTest {
    private static final Duration DAY = Duration.ofDays(1);

    private static HoldfastNode node;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T03:00:00Z"));

    @BeforeAll
    static void startOneNode() {
        node = Holdfast.node("one")
                .set("holdfast.consensus.enabled", "true")
                .start()
                .awaitReady(Duration.ofSeconds(30));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aDeposedLeaderDoesNotOverwriteTheRowOfItsSuccessor() {
        Trending rows = new Trending(node.consensus());
        assertThat(rows.publish(new TrendingRow(List.of(), 7, "successor", 12))).isTrue();
        assertThat(rows.publish(new TrendingRow(List.of(), 8, "deposed", 11))).isFalse();
        assertThat(rows.publish(new TrendingRow(List.of(), 9, "successor", 12))).isTrue();
        assertThat(rows.row().upTo()).isEqualTo(9);
    }

    private NightlyCount count(String by) {
        return new NightlyCount(
                node.lock("nightly-count"),
                new Plays(node.consensus()),
                new Charts(node.consensus()),
                now::get,
                by,
                DAY);
    }

    @Test
    void aNightCountsEveryPlayOnceWhoeverComes() {
        Plays plays = new Plays(node.consensus());
        Charts charts = new Charts(node.consensus());
        for (int i = 0; i < 2500; i++) { // more than one page
            plays.topic().appendAsync(new Play(1 + i % 2));
        }
        plays.note(3);
        count("a").run();
        count("b").run();
        assertThat(charts.totals()).isEqualTo(Map.of(1, 1250L, 2, 1250L, 3, 1L));
        assertThat(charts.counted(ReadConsistency.LINEARIZABLE).node()).isEqualTo("a");
        long firstToken = charts.counted(ReadConsistency.LINEARIZABLE).token();

        plays.note(3);
        now.set(now.get().plus(DAY));
        try (Lease other = node.lock("nightly-count").tryLock().orElseThrow()) {
            count("b").run(); // somebody counts: not this one
            assertThat(other.isHeld()).isTrue();
        }
        assertThat(charts.totals()).containsEntry(3, 1L);
        count("b").run();
        assertThat(charts.totals()).containsEntry(3, 2L).containsEntry(1, 1250L);
        assertThat(charts.counted(ReadConsistency.LINEARIZABLE).node()).isEqualTo("b");
        assertThat(charts.counted(ReadConsistency.LINEARIZABLE).token()).isGreaterThan(firstToken);
    }

    @Test
    void aPictureIsMadeOnceHoweverOftenItIsWanted() {
        Thumbnails first = new Thumbnails(node.consensus(), () -> 0);
        Thumbnails second = new Thumbnails(node.consensus(), () -> 0);
        CatalogService catalog = new CatalogService();
        first.want(42);
        first.want(42);
        second.want(42);
        assertThat(first.makeNext(catalog, "a", Duration.ofSeconds(5))).isTrue();
        assertThat(second.makeNext(catalog, "b", Duration.ofSeconds(5))).isTrue(); // the second order of the same
        assertThat(first.makeNext(catalog, "a", Duration.ZERO)).isFalse();
        assertThat(second.find(42).orElseThrow().madeBy()).isEqualTo("a");
        assertThat(first.find(43)).isEmpty();
    }
}
