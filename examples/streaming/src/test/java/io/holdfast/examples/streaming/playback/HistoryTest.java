package io.holdfast.examples.streaming.playback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HistoryTest {
    private static final History EMPTY = new History(List.of(), "n1");

    @Provide
    Arbitrary<List<Watched>> histories() {
        Arbitrary<Watched> watched = Combinators.combine(
                        Arbitraries.integers().between(1, 150),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.longs().between(0, 5))
                .as((title, seconds, version) -> new Watched(title, seconds, false, version));
        return watched.list().ofMaxSize(120).map(list -> EMPTY.merge(list).watched());
    }

    @Property(tries = 300)
    void joinsCopiesInAnyOrderToTheSame(@ForAll("histories") List<Watched> a, @ForAll("histories") List<Watched> b) {
        List<Watched> joined = EMPTY.merge(a).merge(b).watched();
        assertThat(EMPTY.merge(b).merge(a).watched()).isEqualTo(joined);
        assertThat(EMPTY.merge(joined).merge(a).watched()).isEqualTo(joined);
        assertThat(joined).hasSizeLessThanOrEqualTo(History.MAX_TITLES);
    }
}
