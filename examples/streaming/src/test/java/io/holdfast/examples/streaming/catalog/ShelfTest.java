package io.holdfast.examples.streaming.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShelfTest {
    private final List<Title> titles = TitleTable.packaged();
    private final Shelf shelf = new Shelf(titles);

    @Test
    void holdsEveryTitleOfTheTable() {
        assertThat(titles).hasSize(3_200);
        assertThat(shelf.find(1)).get().extracting(Title::name).isEqualTo("10,000 B.C.");
        assertThat(shelf.find(0)).isEmpty();
        assertThat(shelf.find(3_201)).isEmpty();
    }

    @Test
    void findsByTheBeginningsOfWordsInAnyOrderAndCase() {
        assertThat(shelf.search("RINGS lord", 10))
                .isNotEmpty()
                .allSatisfy(title -> assertThat(title.name()).contains("Lord").contains("Rings"));
        assertThat(shelf.search("  ", 10)).isEmpty();
        assertThat(shelf.search("zzzz", 10)).isEmpty();
    }

    @Test
    void putsTheTitleWithExactlyThatNameFirst() {
        for (String name : List.of("Titanic", "The Matrix", "Avatar", "Jaws")) {
            assertThat(shelf.search(name, 5).get(0).name()).isEqualTo(name);
        }
    }

    @Test
    void ranksPopularTitlesByWeightedRating() {
        assertThat(shelf.popular(50))
                .isSortedAccordingTo((a, b) -> Double.compare(b.weightedRating(), a.weightedRating()));
        assertThat(shelf.popular(50))
                .allSatisfy(title -> assertThat(title.votes()).isGreaterThan(10_000));
    }

    @Test
    void servesEachGenreAndPagesThroughAllNames() {
        assertThat(shelf.genres()).contains("Drama", "Western").doesNotContain("");
        assertThat(shelf.ofGenre("Western", 200))
                .hasSize(36)
                .allSatisfy(title -> assertThat(title.genre()).isEqualTo("Western"));
        assertThat(shelf.ofGenre("None", 10)).isEmpty();
        assertThat(shelf.browse(3_190, 100)).hasSize(10);
        assertThat(shelf.browse(9_999, 100)).isEmpty();
    }

    @Test
    void saysWhichLineOfATableIsWrong() {
        assertThatThrownBy(() ->
                        TitleTable.read(new StringReader(TitleTable.HEADER + "\nA,1999,,,7.1,10,90\nB,19x9,,,,,\n")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("19x9");
        assertThatThrownBy(() -> TitleTable.read(new StringReader(TitleTable.HEADER + "\n\"A,1999\n")))
                .hasMessageContaining("line 2 opens a quote");
        assertThatThrownBy(() -> TitleTable.read(new StringReader("name\n"))).hasMessageContaining("first line (name)");
    }
}
