package io.holdfast.discovery.swim;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** {@link BulletinSimTest} over 500 seeds. */
@Tag("slow")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class BulletinSimNightlyTest extends BulletinSimTest {
    @Override
    int seeds() {
        return 500;
    }
}
