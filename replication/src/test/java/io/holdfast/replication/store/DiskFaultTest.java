package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.DurableCells;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A disk that is full, and one whose sync fails. */
class DiskFaultTest {
    private final Oracle oracle = new Oracle(21);

    @Test
    void aSyncThatFailsStopsTheStoreForGoodAndIsNotTriedAgain() throws IOException {
        oracle.open();
        SegmentStore store = oracle.store();
        List<StoreFailedException> told = new ArrayList<>();
        store.onFailed(told::add);
        oracle.put(Oracle.key(1));
        oracle.turnUntilIdle();
        long synced = store.synced();
        oracle.put(Oracle.key(2));
        oracle.disk.syncFails = true;
        oracle.turnUntilIdle();
        assertThat(told).hasSize(1);
        assertThat(store.synced()).isEqualTo(synced);
        oracle.disk.syncFails = false;
        int syncs = oracle.disk.syncs;
        oracle.turnUntilIdle();
        store.syncer().finish();
        assertThat(oracle.disk.syncs).isEqualTo(syncs);
        assertThat(store.synced()).isEqualTo(synced);
        assertThatThrownBy(() -> store.get(Oracle.key(1)))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("sync");
        assertThatThrownBy(() -> store.put(Oracle.key(1), 0, new byte[0])).isInstanceOf(StoreFailedException.class);
    }

    /** After a sync that failed memory has what the disk has not, and counts it as written: the next process must not believe it (fsyncgate). */
    @Test
    void whatAnotherProcessServesAfterAFailedSyncSurvivesAPowerFailure() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            Oracle node = new Oracle(seed);
            node.open();
            node.put(Oracle.key(1));
            node.turnUntilIdle();
            node.put(Oracle.key(2));
            node.disk.syncFails = true;
            node.turnUntilIdle();
            node.disk.syncFails = false;
            node.crash(false);
            node.open();
            node.checkAll(); // from now on it is what was served
            node.crash(true);
            node.open();
            node.checkAll();
        }
    }

    @Test
    void aFullDiskRefusesPutsAndServesGetsAndGoesOnByItself() throws IOException {
        oracle.open();
        SegmentStore store = oracle.store();
        oracle.put(Oracle.key(1));
        oracle.turnUntilIdle();
        oracle.put(Oracle.key(2));
        oracle.disk.full = true;
        oracle.turnUntilIdle();
        assertThatThrownBy(() -> store.put(Oracle.key(3), 0, new byte[0]))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("No space left");
        assertThatThrownBy(() -> store.remove(Oracle.key(1))).isInstanceOf(UnavailableException.class);
        assertThat(store.get(Oracle.key(1))).isEqualTo(oracle.now(Oracle.key(1)));
        assertThat(store.get(Oracle.key(2))).as("it waits").isEqualTo(oracle.now(Oracle.key(2)));
        oracle.disk.full = false;
        oracle.turnUntilIdle();
        oracle.put(Oracle.key(3));
        oracle.turnUntilIdle();
        oracle.crash(true);
        oracle.open();
        oracle.checkAll();
        assertThat(oracle.store().size()).isEqualTo(3);
    }

    @Test
    void aNewSegmentThatFindsNoSpaceIsMadeWhenThereIs() throws IOException {
        oracle.open();
        oracle.put(Oracle.key(1));
        oracle.disk.full = true;
        oracle.turnUntilIdle();
        assertThat(oracle.store().synced()).isZero();
        oracle.disk.full = false;
        oracle.turnUntilIdle();
        oracle.crash(true);
        oracle.open();
        oracle.checkAll();
        assertThat(oracle.store().size()).isEqualTo(1);
    }

    @Test
    void withLittleSpaceLeftPutsAreRefusedAndCompactionMakesMore() throws IOException {
        oracle.open();
        for (int i = 0; i < 100; i++) {
            oracle.put(Oracle.key(i % 3));
            oracle.turnUntilIdle();
        }
        long before = oracle.store().bytes();
        oracle.disk.usable = 999;
        oracle.turnUntilIdle();
        assertThat(oracle.store().bytes()).isLessThan(before);
        assertThatThrownBy(() -> oracle.store().put(Oracle.key(3), 0, new byte[0]))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("999 bytes are free");
        oracle.disk.usable = 1_000;
        oracle.turnUntilIdle();
        oracle.put(Oracle.key(3));
    }

    @Test
    void whatWaitsForTheSyncIsBounded() throws IOException {
        StoreOptions options = new StoreOptions(new DataSize(4 << 10), 1, new DataSize(1 << 10), new DataSize(0));
        SegmentStore store =
                SegmentStore.open(new SimDisk(), DurableCells.inMemory(), options, name -> new SplittableRandom(1));
        for (int i = 0; i < 7; i++) {
            store.put(Oracle.key(i), 0, new byte[100]);
        }
        assertThatThrownBy(() -> store.put(Oracle.key(9), 0, new byte[100])).isInstanceOf(OverloadedException.class);
        store.syncer().turn();
        store.put(Oracle.key(9), 0, new byte[100]);
    }

    /** The files stay below the rows, the allowed garbage and the segments that always may be. */
    @Test
    void theFilesAreBounded() throws IOException {
        oracle.open();
        for (int i = 0; i < 3_000; i++) {
            oracle.step();
            oracle.turnUntilIdle();
            assertThat(oracle.store().bytes()).isLessThan(24 * 400 * 3 / 2 + 4 * (4 << 10));
        }
        oracle.crash(false);
        oracle.open();
        oracle.checkAll();
    }
}
