package io.holdfast.examples.streaming.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.catalog.Catalog;
import io.holdfast.examples.streaming.catalog.CatalogService;
import io.holdfast.examples.streaming.catalog.Title;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RankingTest {
    private final Catalog catalog = new CatalogService();

    @Test
    void givesANewUserThePopularTitles() {
        assertThat(new Ranking(List.of()).best(catalog.popular(100), 10)).isEqualTo(catalog.popular(10));
    }

    @Test
    void prefersTheGenreThatTheUserWatchesAndLeavesOutWhatWasWatched() {
        try (Environment env = Environment.system()) {
            var service = new RecommendationService(catalog, new RecommendationConfig(false), env, "n1");
            List<Title> westerns = catalog.ofGenre("Western", 5);
            Picks picks = service.pick(westerns.stream().map(Title::id).toList(), 10);
            assertThat(picks.becauseOf()).isEqualTo("Western");
            assertThat(picks.titles()).hasSize(10).doesNotContainAnyElementsOf(westerns);
            assertThat(picks.titles().subList(0, 5))
                    .allSatisfy(title -> assertThat(title.genre()).isEqualTo("Western"));
        }
    }

    @Test
    void countsWhatWasWatchedLatelyMore() {
        Title western = catalog.ofGenre("Western", 1).get(0);
        Title musical = catalog.ofGenre("Musical", 1).get(0);
        assertThat(new Ranking(List.of(musical, western)).favourites(2)).containsExactly("Musical", "Western");
        assertThat(new Ranking(List.of(western, musical)).favourites(2)).containsExactly("Western", "Musical");
    }

    @Test
    void misbehavesOnlyWhenToldAndOnlyAtTimes() {
        AtomicLong now = new AtomicLong();
        Chaos off = new Chaos(false, now::get, new Random(1));
        Chaos on = new Chaos(true, now::get, new Random(1));
        int fine = 0;
        int late = 0;
        int failing = 0;
        for (int i = 0; i < 1_000; i++) {
            assertThat(off.mood()).isEqualTo(Chaos.Mood.FINE);
            switch (on.mood()) {
                case FINE -> fine++;
                case LATE -> late++;
                case FAILING -> failing++;
            }
            now.addAndGet(Duration.ofMillis(10).toNanos());
        }
        assertThat(late).isEqualTo(200);
        assertThat(failing).isBetween(60, 140);
        assertThat(fine).isEqualTo(1_000 - late - failing);
    }
}
