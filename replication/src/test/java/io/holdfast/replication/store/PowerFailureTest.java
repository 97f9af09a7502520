package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.replication.store.SimDisk.PowerFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The power fails at each operation on the disk, in the middle of compaction and of an opening too: what was synced is there, whole, and nothing else is called damage. */
class PowerFailureTest {
    private static final int STEPS = 220;

    @Test
    void nothingThatWasSyncedIsLostWhereverThePowerFails() throws IOException {
        failEverywhere(1, 2);
    }

    static void failEverywhere(long firstSeed, long lastSeed) throws IOException {
        for (long seed = firstSeed; seed <= lastSeed; seed++) {
            int operations = run(seed, Integer.MAX_VALUE);
            for (int at = 1; at <= operations; at++) {
                run(seed, at);
            }
        }
    }

    private static int run(long seed, int failAt) throws IOException {
        Oracle oracle = new Oracle(seed);
        try {
            oracle.disk.failAt = failAt;
            oracle.open();
            for (int i = 0; i < STEPS; i++) {
                oracle.step();
            }
            oracle.turnUntilIdle();
            if (failAt == Integer.MAX_VALUE) {
                assertThat(oracle.disk.names())
                        .as("compaction has deleted some")
                        .doesNotContain(Segment.name(1));
            }
        } catch (PowerFailure expected) {
            // this is what happens
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ", power fails at " + failAt, e);
        }
        int operations = oracle.disk.operations;
        try {
            oracle.crash(true);
            reopen(oracle, failAt);
            for (int i = 0; i < 20; i++) {
                oracle.step();
            }
            oracle.crash(true);
            oracle.open();
            oracle.checkAll();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", power fails at " + failAt, e);
        }
        return operations;
    }

    /** While it opens the power may fail again. */
    private static void reopen(Oracle oracle, int seed) throws IOException {
        oracle.disk.failAt = 1 + seed % 12;
        try {
            oracle.open();
        } catch (PowerFailure again) {
            oracle.crash(true);
            oracle.open();
        }
        oracle.disk.failAt = Integer.MAX_VALUE;
        oracle.checkAll();
    }
}
