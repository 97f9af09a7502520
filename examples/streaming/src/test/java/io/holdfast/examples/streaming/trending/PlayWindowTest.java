package io.holdfast.examples.streaming.trending;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.examples.streaming.trending.TrendingRow.PlayedTitle;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PlayWindowTest {
    @Property(tries = 200)
    void countsTheNewestPlaysAndNoOthers(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 5) Integer> plays,
            @ForAll @IntRange(min = 1, max = 40) int size) {
        PlayWindow window = new PlayWindow(size);
        plays.forEach(window::add);
        List<Integer> newest = plays.subList(Math.max(0, plays.size() - size), plays.size());

        List<PlayedTitle> top = window.top(5);

        assertThat(top)
                .allSatisfy(one -> assertThat(one.plays()).isEqualTo((int)
                        newest.stream().filter(title -> title == one.title()).count()));
        assertThat(top.stream().mapToInt(PlayedTitle::plays).sum()).isEqualTo(newest.size());
        assertThat(top).isSortedAccordingTo((a, b) -> b.plays() - a.plays());
        assertThat(window.top(2)).isEqualTo(top.subList(0, Math.min(2, top.size())));
    }
}
