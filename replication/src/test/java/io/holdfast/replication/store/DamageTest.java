package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.env.DurableCells;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Bits that flip on the disk. */
class DamageTest {
    private final Oracle oracle = new Oracle(11);

    private void filled(boolean closed) throws IOException {
        oracle.open();
        for (int i = 0; i < 200; i++) {
            oracle.step();
        }
        oracle.turnUntilIdle();
        if (closed) {
            oracle.store().syncer().finish();
        }
    }

    private SegmentStore reopened(SimDisk disk, DurableCells cells) throws IOException {
        return SegmentStore.open(disk, cells, Oracle.OPTIONS, name -> new SplittableRandom(1));
    }

    private DurableCells copiedCells() {
        DurableCells cells = DurableCells.inMemory();
        oracle.cells.read("store-id").ifPresent(id -> cells.write("store-id", id));
        return cells;
    }

    @Test
    void aFlippedBitIsNeverServedAndNeverPassesAsSound() throws IOException {
        flipEach(263);
    }

    /** Every so manieth bit, one at a time. */
    void flipEach(int step) throws IOException {
        filled(true);
        long bits = oracle.disk.bits();
        int lost = 0;
        int doubtful = 0;
        int harmless = 0;
        for (long bit = 0; bit < bits; bit += step) {
            SimDisk disk = oracle.disk.copy();
            String place = disk.flip(bit);
            SegmentStore store = reopened(disk, copiedCells());
            int refused = served(store, place);
            if (!store.doubtful().isEmpty()) {
                assertThat(store.doubtful().cardinality()).isEqualTo(KeyHash.PARTITIONS);
                doubtful++;
            } else if (refused > 0) {
                lost++;
            } else {
                harmless++;
            }
        }
        System.out.printf(
                "of %d flips %d cost a row, %d put all in doubt, %d hit what nobody needs%n",
                bits / step, lost, doubtful, harmless);
        assertThat(lost).isPositive();
        assertThat(doubtful).isPositive();
    }

    /** How many rows are refused; the others must be what they should, or older ones if all is in doubt. */
    private int served(SegmentStore store, String place) {
        int refused = 0;
        for (RowKey key : Oracle.keys()) {
            try {
                byte[] state = store.get(key);
                boolean right =
                        store.doubtful().isEmpty() ? Arrays.equals(state, oracle.now(key)) : oracle.knows(key, state);
                assertThat(right)
                        .as("%s after a flip at %s: %s", key, place, Arrays.toString(state))
                        .isTrue();
            } catch (RowDamagedException e) {
                assertThat(e.keyHash()).isEqualTo(key.hash());
                refused++;
            }
        }
        assertThat(store.lost()).isEqualTo(refused);
        return refused;
    }

    @Test
    void aRowThatIsSpoiltWhileTheStoreIsOpenIsRefusedUntilItIsPutAgain() throws IOException {
        filled(false);
        SplittableRandom random = new SplittableRandom(5);
        while (oracle.store().lost() == 0) {
            oracle.disk.flip(random.nextLong(oracle.disk.bits()));
            Oracle.keys().forEach(this::refusedOrRight);
        }
        RowKey damaged =
                Oracle.keys().stream().filter(this::refusedOrRight).findFirst().orElseThrow();
        long before = oracle.store().size();
        assertThat(oracle.store().entries(damaged.partition(), KeyHash.leaf(damaged.hash())))
                .isEmpty();
        assertThatThrownBy(() -> oracle.store().rows(damaged.hash())).isInstanceOf(RowDamagedException.class);
        oracle.put(damaged);
        assertThat(oracle.store().get(damaged)).isEqualTo(oracle.now(damaged));
        assertThat(oracle.store().size()).isEqualTo(before + 1);
        assertThat(oracle.store().lost()).isZero();
    }

    private boolean refusedOrRight(RowKey key) {
        try {
            assertThat(oracle.store().get(key)).isEqualTo(oracle.now(key));
            return false;
        } catch (RowDamagedException e) {
            return true;
        }
    }

    /** Compaction deletes the segment that shows the damage: what is lost must be known afterwards too. */
    @Test
    void damageIsKnownAfterCompactionHasDeletedItsPlace() throws IOException {
        filled(true);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 25; i++) {
            SimDisk disk = oracle.disk.copy();
            String place = disk.flip(random.nextLong(disk.bits()));
            DurableCells cells = copiedCells();
            SegmentStore store = reopened(disk, cells);
            long lost = store.lost();
            boolean doubtful = !store.doubtful().isEmpty();
            compactAll(store);
            assertThat(store.lost()).as(place).isEqualTo(lost);
            SegmentStore again = reopened(disk, cells);
            served(again, place);
            assertThat(again.lost()).as(place).isEqualTo(lost);
            assertThat(!again.doubtful().isEmpty()).as(place).isEqualTo(doubtful);
        }
    }

    /** Writes rows of another map until no segment is left that was there. */
    private static void compactAll(SegmentStore store) {
        for (int i = 0; i < 150; i++) {
            store.put(RowKey.of("other", new byte[0]), i, new byte[200]);
            while (store.syncer().turn()) {
                // goes on
            }
        }
    }

    /** The same while the store is open, where the index still knows what was in spoilt bytes. */
    @Test
    void compactionLosesNoRowThatIsSpoiltUnderIt() throws IOException {
        filled(true);
        SplittableRandom random = new SplittableRandom(4);
        int found = 0;
        for (int i = 0; i < 25; i++) {
            SimDisk disk = oracle.disk.copy();
            DurableCells cells = copiedCells();
            SegmentStore store = reopened(disk, cells);
            String place = disk.flip(random.nextLong(disk.bits()));
            compactAll(store);
            int refused = served(store, place);
            SegmentStore again = reopened(disk, cells);
            assertThat(served(again, place)).as(place).isEqualTo(refused);
            assertThat(again.doubtful().isEmpty()).as(place).isTrue();
            found += refused;
        }
        assertThat(found).isPositive();
    }

    @Test
    void aSegmentThatIsMissingPutsAllInDoubtUntilSomebodyVouches() throws IOException {
        filled(true);
        SimDisk whole = oracle.disk;
        for (int which = 0; which < whole.names().size() - 1; which++) {
            oracle.disk = whole.copy();
            missing(which);
        }
    }

    private void missing(int which) throws IOException {
        oracle.disk.delete(
                oracle.disk.names().stream().sorted().skip(which).findFirst().orElseThrow());
        DurableCells cells = copiedCells();
        SegmentStore store = reopened(oracle.disk, cells);
        assertThat(store.doubtful().cardinality()).isEqualTo(KeyHash.PARTITIONS);
        served(store, "missing");
        for (int partition = 1; partition < KeyHash.PARTITIONS; partition++) {
            store.vouch(partition);
        }
        SegmentStore again = reopened(oracle.disk, cells);
        assertThat(again.doubtful().cardinality()).as("it remembers").isEqualTo(1);
        again.vouch(0);
        compactAll(again);
        assertThat(reopened(oracle.disk, cells).doubtful().isEmpty()).isTrue();
    }

    @Test
    void aSegmentOfAnotherStoreAndOneOfALaterFormatAreRefused() throws IOException {
        filled(true);
        DurableCells other = DurableCells.inMemory();
        other.write("store-id", new byte[8]);
        assertThatThrownBy(() -> reopened(oracle.disk, other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to store");
        assertThatThrownBy(() -> reopened(oracle.disk, DurableCells.inMemory()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no cell store-id");
        byte[] later = Segment.opening(oracle.store().storeId(), 99, 1);
        later[Frame.HEADER + 3]++;
        new Frame().of(Frame.SEGMENT, oracle.store().storeId(), 1, 4, 0).write(later, 0, Frame.salt(0, 99, 0));
        oracle.disk.open(Segment.name(99)).write(later, 0, later.length, 0);
        assertThatThrownBy(() -> reopened(oracle.disk, copiedCells()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has format 2");
    }

    /** A file that was copied over another one, or written to the wrong place: all its checksums are right. */
    @Test
    void framesInTheWrongPlaceAreDamage() throws IOException {
        filled(true);
        Set<String> names = new HashSet<>(oracle.disk.names());
        String first = names.stream().sorted().findFirst().orElseThrow();
        String second = names.stream().sorted().skip(1).findFirst().orElseThrow();
        byte[] bytes = new byte[4 << 10];
        int length = oracle.disk.open(first).read(bytes, 0, bytes.length, 0);
        oracle.disk.open(second).write(bytes, 0, length, 0);
        SegmentStore store = reopened(oracle.disk, copiedCells());
        assertThat(store.doubtful().cardinality()).isEqualTo(KeyHash.PARTITIONS);
        served(store, "copied over");
    }
}
