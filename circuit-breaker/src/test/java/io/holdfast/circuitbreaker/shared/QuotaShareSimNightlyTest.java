package io.holdfast.circuitbreaker.shared;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** {@link QuotaShareSimTest} over 500 seeds. */
@Tag("slow")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class QuotaShareSimNightlyTest extends QuotaShareSimTest {
    @Override
    int seeds() {
        return 500;
    }
}
