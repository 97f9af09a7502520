package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** What a disk keeps: all that was said to be saved, whenever the process ends; and what happens to a store whose disk is older than itself. */
class SpaceDiskTest {
    /** Cells that can be copied, and that stop to write after a while. */
    private static final class Cells implements DurableCells {
        private final Map<String, byte[]> kept = new HashMap<>();
        private int left = Integer.MAX_VALUE;

        @Override
        public Optional<byte[]> read(String name) {
            return Optional.ofNullable(kept.get(name));
        }

        /** The cell whose next write is done and fails all the same: its directory could not be synced. */
        private String doubtful = "";

        @Override
        public void write(String name, byte[] value) {
            if (left-- > 0) {
                assertThat(value.length).isLessThanOrEqualTo(DurableCells.MAX_BYTES);
                kept.put(name, value);
            }
            if (name.equals(doubtful)) {
                doubtful = "";
                throw new UncheckedIOException(new IOException("no space left on device, as planned by this test"));
            }
        }

        Cells copy() {
            Cells copy = new Cells();
            copy.kept.putAll(kept);
            return copy;
        }
    }

    /** A store and its disk. */
    private static final class Store {
        private final Cells cells;
        private final SpaceDisk disk;
        private final Replica replica;
        private final Shelf shelf;

        Store(Cells cells, long actor) {
            this(cells, actor, SpaceDisk.RING);
        }

        Store(Cells cells, long actor, int ring) {
            this.cells = cells;
            disk = new SpaceDisk("crdt", ring);
            replica = Replicas.replica(actor);
            shelf = new Shelf(replica);
            disk.read(cells).ifPresent(kept -> replica.restore(kept.actor(), kept.objects()));
        }

        void save() {
            Map<ObjectId, Kernel> changed = new LinkedHashMap<>();
            replica.close().addTo(changed, Optional.empty());
            disk.save(replica.actor(), changed, replica, cells::write);
        }

        void saved() {
            save();
            disk.saved();
        }
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void whateverWasSavedIsThereAfterACrashBetweenAnyTwoCells(@ForAll long seed) {
        Random random = new Random(seed);
        Store store = new Store(new Cells(), 1, 20);
        long saved = 0;
        long made = 0;
        for (int round = 0; round < 150; round++) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                store.shelf.set("s").add("e" + made++ + "x".repeat(random.nextInt(20) == 0 ? 40_000 : 10));
                store.shelf.set("s").remove("e" + (made - 30) + "x".repeat(10));
            }
            if (random.nextInt(12) != 0) {
                store.saved();
                saved = made;
                continue;
            }
            store.cells.left = random.nextInt(6);
            store.save();
            store.cells.left = Integer.MAX_VALUE;
            store = new Store(store.cells, 1000 + round, 20);
            assertThat(dots(store)).as("round %s", round).isBetween(saved, made);
            made = dots(store);
            saved = made;
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void aRootThatWasWrittenThoughItsWritingFailedDoesNotCostTheSnapshot(@ForAll long seed) {
        Random random = new Random(seed);
        Store store = new Store(new Cells(), 1, 4);
        int saved = 0;
        for (int round = random.nextInt(12); round >= 0; round--) {
            store.shelf.growCounter("c").increment();
            store.saved();
            saved++;
        }
        store.cells.doubtful = "crdt-root";
        while (!store.cells.doubtful.isEmpty()) {
            store.shelf.growCounter("c").increment();
            try {
                store.saved();
                saved++;
            } catch (UncheckedIOException failed) {
                assertThat(store.cells.doubtful).isEmpty();
            }
        }
        store.shelf.set("s").add("other pages");
        store.cells.left = random.nextInt(3);
        store.save();
        store.cells.left = Integer.MAX_VALUE;
        Store again = new Store(store.cells, 2, 4);
        assertThat(again.shelf.growCounter("c").value()).isBetween((long) saved, saved + 1L);
    }

    private static long dots(Store store) {
        ObjectState state = store.replica.find(new ObjectId(Kind.SET, "s"));
        return state == null ? 0 : state.seen().max(store.replica.actor());
    }

    @Test
    void aStoreGoesOnWithItsNumbersAfterARestart() {
        Store store = new Store(new Cells(), 1);
        store.shelf.growCounter("c").add(5);
        store.saved();
        Store again = new Store(store.cells, 2);
        again.shelf.growCounter("c").add(1);
        assertThat(again.shelf.growCounter("c").value()).isEqualTo(6);
        assertThat(again.replica.actor()).isEqualTo(1);
        assertThat(again.replica.find(new ObjectId(Kind.GROW_COUNTER, "c")).size())
                .as("entries")
                .isEqualTo(1);
    }

    @Test
    void aStoreWhoseDiskWentBackLearnsItFromThePeerThatKnowsBetterAndUsesNoDotTwice() {
        Store store = new Store(new Cells(), 1);
        Replica peer = Replicas.replica(50);
        store.shelf.growCounter("c").add(3);
        store.saved();
        Cells backup = store.cells.copy();
        store.shelf.growCounter("c").add(5);
        store.saved();
        Replicas.tellAll(store.replica, peer);
        Store old = new Store(backup, 2);
        assertThat(old.shelf.growCounter("c").value()).isEqualTo(3);
        Replicas.tellAll(peer, old.replica);
        assertThat(old.shelf.growCounter("c").value())
                .as("its own entry does not go back")
                .isEqualTo(8);
        assertThat(old.replica.rollbacks()).isEqualTo(1);
        old.shelf.growCounter("c").add(1);
        assertThat(old.replica.actor()).isEqualTo(3);
        Replicas.tellAll(old.replica, peer);
        assertThat(new Shelf(peer).growCounter("c").value()).isEqualTo(9);
        old.saved();
        assertThat(new Store(old.cells, 9).replica.actor())
                .as("the new actor is kept")
                .isEqualTo(3);
    }

    @Test
    void ofTwoCountsUnderOneDotTheGreaterStandsAlsoBelowAMap() {
        Store store = new Store(new Cells(), 1);
        Replica peer = Replicas.replica(50);
        store.saved();
        Cells backup = store.cells.copy();
        store.shelf.counter("c").add(256);
        store.shelf.map("m").counter("k").add(256);
        Store old = new Store(backup, 1);
        old.shelf.counter("c").add(255); // the greater first byte
        old.shelf.map("m").counter("k").add(255);
        Replicas.tellAll(store.replica, peer);
        Replicas.tellAll(old.replica, peer);
        assertThat(new Shelf(peer).counter("c").value()).isEqualTo(256);
        assertThat(new Shelf(peer).map("m").counter("k").value()).isEqualTo(256);
    }

    @Test
    void evenWhatAStoreWroteBeforeItLearnsThatItsDiskWentBackEndsInOneStateEverywhere() {
        Store store = new Store(new Cells(), 1);
        Replica peer = Replicas.replica(50);
        store.shelf.multiRegister("r").set("one");
        store.saved();
        Cells backup = store.cells.copy();
        store.shelf.multiRegister("r").set("two");
        Replicas.tellAll(store.replica, peer);
        Store old = new Store(backup, 2);
        old.shelf.multiRegister("r").set("three");
        Replicas.tellAll(old.replica, peer);
        Replicas.tellAll(peer, old.replica);
        Replicas.tellAll(old.replica, peer);
        assertThat(old.replica.digest()).isEqualTo(peer.digest());
        assertThat(old.replica.rollbacks())
                .as("noticed, though it had written as often as it had lost")
                .isEqualTo(1);
    }

    @Test
    void aStoreThatIsToldThatItsCellsWereBroughtBackLosesNothingThatItWritesAfterwards() {
        Store store = new Store(new Cells(), 1);
        Replica peer = Replicas.replica(50);
        store.shelf.growCounter("c").add(3);
        store.saved();
        Cells backup = store.cells.copy();
        store.shelf.growCounter("c").add(5);
        store.saved();
        Replicas.tellAll(store.replica, peer);
        try (Environment environment = Environment.system()) {
            CrdtSpace.restored(backup, environment);
        }
        Store old = new Store(backup, 2);
        old.shelf.growCounter("c").add(1);
        assertThat(old.replica.actor()).isNotEqualTo(1);
        Replicas.tellAll(old.replica, peer);
        Replicas.tellAll(peer, old.replica);
        assertThat(old.shelf.growCounter("c").value()).isEqualTo(9);
        assertThat(old.replica.rollbacks()).isZero();
        old.saved();
        assertThat(new Store(old.cells, 3).replica.actor()).isEqualTo(old.replica.actor());
    }

    @Test
    void aDamagedSnapshotIsRefusedWithTheRemedy() {
        Store store = new Store(new Cells(), 1, 20);
        for (int i = 0; i < 70; i++) {
            store.shelf.counter("c").increment();
            store.saved();
        }
        store.cells.kept.forEach((name, page) -> {
            if (name.startsWith("crdt-a-") || name.startsWith("crdt-b-")) {
                page[5] ^= 1;
            }
        });
        assertThatThrownBy(() -> new Store(store.cells, 2, 20))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("remove the cells crdt-*");
    }
}
