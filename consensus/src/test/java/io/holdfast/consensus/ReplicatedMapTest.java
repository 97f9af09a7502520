package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicatedMapTest {
    private final SimGroup group = new SimGroup(11);
    private final GroupSession session = group.session(0);
    private final Consensus consensus = group.consensus(session);
    private final ReplicatedMap<String, String> map = consensus.map("titles", String.class, String.class);

    private List<String> keys(MapPart<String, String> part) {
        return part.entries().stream().map(MapPart.Entry::key).toList();
    }

    @Test
    void showsAWriteToAllReadersOnceItIsAcknowledged() {
        Written<String> written = group.done(map.putAsync("a", "1"));
        ReplicatedMap<String, String> other =
                group.consensus(group.session(1)).map("titles", String.class, String.class);
        assertThat(group.done(other.getAsync("a"))).contains("1");
        Versioned<String> entry = group.done(other.entryAsync("a", ReadConsistency.atLeast(written.revision())))
                .orElseThrow();
        assertThat(entry).isEqualTo(new Versioned<>("1", written.revision(), written.revision(), 1));
        assertThat(group.done(other.getAsync("b"))).isEmpty();
    }

    @Test
    void countsVersionsAndKeepsTheRevisionThatMadeTheKey() {
        Written<String> first = group.done(map.putAsync("a", "1"));
        Written<String> second = group.done(map.putAsync("a", "2"));
        assertThat(second.version()).isEqualTo(2);
        Versioned<String> entry =
                group.done(map.entryAsync("a", ReadConsistency.LINEARIZABLE)).orElseThrow();
        assertThat(entry.created()).isEqualTo(first.revision());
        assertThat(entry.modified()).isEqualTo(second.revision());
    }

    @Test
    void writesOnlyIfTheConditionHolds() {
        assertThat(group.done(map.replaceAsync("a", "0")).applied()).isFalse();
        assertThat(group.done(map.putIfAbsentAsync("a", "1", PutOptions.NONE)).applied())
                .isTrue();
        Written<String> refused = group.done(map.putIfAbsentAsync("a", "2", PutOptions.NONE));
        assertThat(refused.applied()).isFalse();
        assertThat(refused.existing().map(Versioned::value)).contains("1");
        assertThat(group.done(map.replaceAsync("a", "3", 7)).applied()).isFalse();
        assertThat(group.done(map.replaceAsync("a", "3", 1)).version()).isEqualTo(2);
        assertThat(group.done(map.compareAndSetAsync("a", "1", "4")).applied()).isFalse();
        assertThat(group.done(map.compareAndSetAsync("a", "3", "4")).applied()).isTrue();
        assertThat(group.done(map.removeAsync("a", 2)).applied()).isFalse();
        Written<String> removed = group.done(map.removeAsync("a"));
        assertThat(removed.existing().map(Versioned::value)).contains("4");
        assertThat(group.done(map.removeAsync("a")).applied()).isFalse();
    }

    @Test
    void pagesThroughARangeInOrder() {
        group.done(map.putAllAsync(Map.of("b", "2", "a", "1", "d", "4", "c", "3", "ab", "x")));
        assertThat(group.done(map.sizeAsync(ReadConsistency.LINEARIZABLE))).isEqualTo(5);
        List<String> seen = new ArrayList<>();
        Optional<MapRange<String>> next = Optional.of(MapRange.all());
        while (next.isPresent()) {
            MapPart<String, String> part = group.done(map.scanAsync(next.get(), 2, ReadConsistency.LINEARIZABLE));
            seen.addAll(keys(part));
            next = part.rest();
        }
        assertThat(seen).containsExactly("a", "ab", "b", "c", "d");
        assertThat(keys(group.done(map.scanAsync(MapRange.prefix("a"), 10, ReadConsistency.LINEARIZABLE))))
                .containsExactly("a", "ab");
        assertThat(keys(group.done(map.scanAsync(MapRange.between("ab", "d"), 10, ReadConsistency.LINEARIZABLE))))
                .containsExactly("ab", "b", "c");
    }

    @Test
    void aPrefixBoundsARangeAtBothEnds() {
        group.done(map.putAllAsync(Map.of("a1", "", "a3", "", "a5", "", "b1", "", "0", "")));
        assertThat(keys(group.done(map.scanAsync(new MapRange<>("a2", true, "z", "a"), 10, ReadConsistency.LOCAL))))
                .containsExactly("a3", "a5");
        assertThat(keys(group.done(map.scanAsync(new MapRange<>("0", true, "a3", "a"), 10, ReadConsistency.LOCAL))))
                .containsExactly("a1");
        assertThat(keys(group.done(map.scanAsync(new MapRange<>("b", true, null, "a"), 10, ReadConsistency.LOCAL))))
                .isEmpty();
    }

    @Test
    void ordersNumbersAsNumbers() {
        ReplicatedMap<Long, String> numbers = consensus.map("numbers", Long.class, String.class);
        group.done(numbers.putAllAsync(Map.of(5L, "", -3L, "", 0L, "", Long.MIN_VALUE, "", 300L, "")));
        assertThat(group.done(numbers.scanAsync(MapRange.all(), 10, ReadConsistency.LINEARIZABLE))
                        .entries())
                .extracting(MapPart.Entry::key)
                .containsExactly(Long.MIN_VALUE, -3L, 0L, 5L, 300L);
        assertThatThrownBy(() -> numbers.scanAsync(new MapRange<>(null, true, null, "x"), 1, ReadConsistency.LOCAL))
                .hasMessageContaining("needs a map with text keys");
    }

    @Test
    void aTransactionIsDoneAsAWholeOrNotAtAll() {
        ReplicatedMap<String, String> other = consensus.map("other", String.class, String.class);
        group.done(map.putAsync("a", "10"));
        TransactionOutcome moved = group.done(consensus
                .transaction()
                .ifVersion(map, "a", 1)
                .ifAbsent(other, "b")
                .put(map, "a", "7")
                .put(other, "b", "3")
                .get(map, "a")
                .otherwise()
                .get(map, "a")
                .commitAsync());
        assertThat(moved.succeeded()).isTrue();
        assertThat(moved.entry(map, 2).map(Versioned::value)).contains("7");
        assertThat(group.done(other.entryAsync("b", ReadConsistency.LINEARIZABLE))
                        .orElseThrow()
                        .modified())
                .isEqualTo(moved.revision());
        TransactionOutcome refused = group.done(consensus
                .transaction()
                .ifValue(map, "a", "10")
                .ifPresent(other, "b")
                .remove(other, "b")
                .otherwise()
                .get(map, "a")
                .commitAsync());
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.entry(map, 0).map(Versioned::value)).contains("7");
        assertThat(group.done(other.getAsync("b"))).contains("3");
    }

    @Test
    void aTimeToLiveEndsAKeyAndAnotherPutForgetsIt() {
        PutOptions brief = PutOptions.timeToLive(Duration.ofSeconds(3));
        group.done(map.putAsync("brief", "1", brief));
        group.done(map.putAsync("kept", "1", brief));
        group.done(map.putAsync("kept", "2"));
        group.advance(Duration.ofMillis(2900));
        assertThat(group.done(map.getAsync("brief"))).contains("1");
        group.advance(Duration.ofMillis(300));
        assertThat(group.done(map.getAsync("brief"))).isEmpty();
        assertThat(group.done(map.getAsync("kept"))).contains("2");
    }

    @Test
    void anEphemeralKeyEndsWithItsSession() {
        GroupSession other = group.session(1);
        ReplicatedMap<String, String> theirs = group.consensus(other).map("titles", String.class, String.class);
        group.done(theirs.putAsync("here", "1", PutOptions.ofSession()));
        group.done(theirs.putAsync("stays", "1"));
        group.isolate(1);
        group.advance(Duration.ofSeconds(9));
        assertThat(group.done(map.getAsync("here"))).contains("1");
        group.advance(Duration.ofSeconds(8));
        assertThat(group.done(map.getAsync("here"))).isEmpty();
        assertThat(group.done(map.getAsync("stays"))).contains("1");
    }

    @Test
    void aWatchSeesEachEventOnceAndInOrderAlsoExpiries() {
        List<String> seen = new ArrayList<>();
        Written<String> first = group.done(map.putAsync("a", "1"));
        var watch = map.watch(MapRange.prefix("a"), first.revision(), event -> seen.add(text(event)));
        List<String> fromNow = new ArrayList<>();
        group.await("the watch to have begun", () -> !seen.isEmpty());
        group.consensus(group.session(2))
                .map("titles", String.class, String.class)
                .watch(MapRange.all(), 0, event -> fromNow.add(text(event)));
        group.advance(Duration.ofMillis(100));
        group.done(map.putAsync("ab", "2", PutOptions.timeToLive(Duration.ofSeconds(1))));
        group.done(map.putAsync("b", "3"));
        group.done(map.removeAsync("a"));
        group.await("the expiry", () -> seen.size() == 4 && fromNow.size() == 4);
        assertThat(seen).containsExactly("a=1", "ab=2", "-a", "x ab");
        assertThat(fromNow).containsExactly("ab=2", "b=3", "-a", "x ab");
        watch.close();
        group.done(map.putAsync("a", "9"));
        group.advance(Duration.ofSeconds(1));
        assertThat(seen).hasSize(4);
    }

    @Test
    void anEventOnWhichAListenerFailsCostsNoOther() {
        List<String> seen = new ArrayList<>();
        map.watch(MapRange.all(), 1, event -> {
            seen.add(text(event));
            if (seen.size() == 1) {
                throw new AssertionError("planned");
            }
        });
        group.done(map.putAllAsync(Map.of("a", "1", "b", "2", "c", "3")));
        group.await("all events", () -> seen.size() == 3);
        group.done(map.putAsync("d", "4"));
        group.await("the event after", () -> seen.size() == 4);
        assertThat(seen).containsExactlyInAnyOrder("a=1", "b=2", "c=3", "d=4").endsWith("d=4");
    }

    /** It expires between two commands, at the revision of the page. */
    @Test
    void whoWatchesFromTheRevisionOfAPageMissesNoExpiry() {
        group.done(map.putAsync("a", "1", PutOptions.timeToLive(Duration.ofMillis(500))));
        MapPart<String, String> copy = group.done(map.scanAsync(MapRange.all(), 10, ReadConsistency.LINEARIZABLE));
        assertThat(keys(copy)).containsExactly("a");
        group.advance(Duration.ofSeconds(1));
        List<MapEvent<String, String>> seen = new ArrayList<>();
        map.watch(MapRange.all(), copy.revision(), seen::add);
        group.await(
                "the expiry", () -> seen.stream().anyMatch(event -> text(event).equals("x a")));
        assertThat(seen.get(seen.size() - 1).revision())
                .as("a watch from the next revision would not tell of it")
                .isEqualTo(copy.revision());
    }

    private static String text(MapEvent<String, String> event) {
        if (event instanceof MapEvent.Put<String, String> put) {
            return put.key() + "=" + put.value().value();
        }
        return event instanceof MapEvent.Removed<String, String> removed
                ? (removed.expired() ? "x " : "-") + removed.key()
                : "compacted";
    }

    @Test
    void aWatchGoesOnOverLeaderChangesAndTellsWhatIsForgotten() {
        List<String> seen = new ArrayList<>();
        group.done(map.putAsync("k0", "0"));
        map.watch(MapRange.all(), 1, event -> seen.add(text(event)));
        for (int i = 1; i < 30; i++) {
            group.restart(1 + i % 2);
            group.done(map.putAsync("k" + i, "" + i));
        }
        group.await("all events", () -> seen.size() == 30);
        for (int i = 0; i < 30; i++) {
            assertThat(seen.get(i)).isEqualTo("k" + i + "=" + i);
        }
    }

    @Test
    void refusesWhatCannotBeAKey() {
        assertThatThrownBy(() -> map.putAsync("k".repeat(5000), "v")).hasMessageContaining("4096");
        assertThatThrownBy(() -> consensus.transaction().ifAbsent(map, "a").commitAsync())
                .hasMessageContaining("at least one step");
    }

    @Test
    void tellsWhatHasHappenedSinceTheLastQuestionAndAtWhichRevisionThereIsNothing() {
        MapReading<String> nothing = group.done(map.readingAsync("a", ReadConsistency.LINEARIZABLE));
        assertThat(nothing.entry()).isEmpty();
        MapNews<String, String> begin = group.done(map.newsAsync(MapNews.BEGIN));
        assertThat(begin.events()).isEmpty();
        Written<String> put = group.done(map.putAsync("a", "1"));
        assertThat(put.revision()).isGreaterThan(nothing.revision());
        group.done(map.removeAsync("a"));
        MapNews<String, String> news = group.done(map.newsAsync(begin.next()));
        assertThat(news.events()).extracting(MapEvent::revision).containsExactly(put.revision(), put.revision() + 1);
        assertThat(news.compacted()).isFalse();
        assertThat(news.more()).isFalse();
        assertThat(group.done(map.newsAsync(news.next())).events()).isEmpty();
        assertThat(group.done(map.readingAsync("a", ReadConsistency.LINEARIZABLE))
                        .revision())
                .isGreaterThan(put.revision());
    }
}
