package io.holdfast.discovery.swim;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * {@link SwimBarsTest} over as many seeds as the bars ask for. An hour of loss among a hundred nodes costs four to six seconds of processor a seed, so its 500 seeds are most of the time. A class
 * of its own file: surefire passes over nested classes that are static.
 */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.HOURS)
class SwimBarsNightlyTest extends SwimBarsTest {
    @Override
    int seeds() {
        return 500;
    }

    @Override
    Duration lossTime() {
        return Duration.ofHours(1);
    }

    @Override
    int lossSeeds() {
        return 500;
    }
}
