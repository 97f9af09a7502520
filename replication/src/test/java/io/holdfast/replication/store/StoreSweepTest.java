package io.holdfast.replication.store;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The long form of {@link PowerFailureTest} and {@link DamageTest}. */
@Tag("slow")
class StoreSweepTest {
    @Test
    void nothingThatWasSyncedIsLostWhereverThePowerFails() throws IOException {
        PowerFailureTest.failEverywhere(100, 160);
    }

    @Test
    void noFlippedBitIsServed() throws IOException {
        new DamageTest().flipEach(3);
    }
}
