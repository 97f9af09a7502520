package io.holdfast.circuitbreaker.shared;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** {@link SharedBreakersSimTest} over 500 seeds. */
@Tag("slow")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class SharedBreakersSimNightlyTest extends SharedBreakersSimTest {
    @Override
    int seeds() {
        return 500;
    }
}
