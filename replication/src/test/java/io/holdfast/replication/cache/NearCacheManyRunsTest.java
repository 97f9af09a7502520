package io.holdfast.replication.cache;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link NearCachePropertyTest}, longer and with more seeds. */
@Tag("slow")
class NearCacheManyRunsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void answersAreWithinTheBoundInManyRuns(long hundred) {
        LongStream.range(hundred * 200, hundred * 200 + 200)
                .forEach(seed -> new NearCacheRun(seed, (seed & 1) == 0).run(600));
    }
}
