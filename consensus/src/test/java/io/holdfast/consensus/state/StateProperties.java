package io.holdfast.consensus.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class StateProperties {
    /** The dumb oracle: a copy of everything. */
    private static TreeMap<StoreCapture.Place, byte[]> copy(TreeMap<StoreCapture.Place, byte[]> rows) {
        return new TreeMap<>(rows);
    }

    @Property(tries = 300)
    void aCaptureSeesTheStateOfItsMomentWhateverIsChangedWhileItIsRead(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StateStore store = new StateStore();
        TreeMap<StoreCapture.Place, byte[]> oracle = new TreeMap<>();
        change(store, oracle, random, 60);
        TreeMap<StoreCapture.Place, byte[]> expected = copy(oracle);
        StoreCapture capture = store.capture();
        TreeMap<StoreCapture.Place, byte[]> seen = new TreeMap<>();
        List<StoreCapture.Placed> chunk = capture.next(1 + random.nextInt(8), 1000);
        while (!chunk.isEmpty()) {
            for (StoreCapture.Placed row : chunk) {
                assertThat(seen.put(row.place(), row.value()))
                        .as("no row twice")
                        .isNull();
            }
            change(store, oracle, random, random.nextInt(20));
            chunk = capture.next(1 + random.nextInt(8), 1000);
        }
        capture.close();
        assertThat(same(seen, expected)).as("the capture of seed %d", seed).isTrue();
    }

    private static boolean same(TreeMap<StoreCapture.Place, byte[]> a, TreeMap<StoreCapture.Place, byte[]> b) {
        return a.size() == b.size()
                && a.entrySet().stream().allMatch(row -> Arrays.equals(row.getValue(), b.get(row.getKey())));
    }

    private static void change(
            StateStore store, TreeMap<StoreCapture.Place, byte[]> oracle, SplittableRandom random, int changes) {
        for (int i = 0; i < changes; i++) {
            boolean undone = random.nextInt(4) == 0;
            TreeMap<StoreCapture.Place, byte[]> before = copy(oracle);
            for (int j = random.nextInt(3); j >= 0; j--) {
                long table = random.nextInt(3);
                byte[] key = {(byte) random.nextInt(24)};
                if (random.nextInt(3) == 0) {
                    store.remove(table, key);
                    oracle.remove(new StoreCapture.Place(table, key));
                } else {
                    byte[] value = {(byte) random.nextInt(256)};
                    store.put(table, key, value);
                    oracle.put(new StoreCapture.Place(table, key), value);
                }
            }
            if (undone) {
                store.undo();
                oracle.clear();
                oracle.putAll(before);
            } else {
                store.keep();
            }
        }
    }

    @Property(tries = 100)
    void theHashDependsOnTheRowsAndNotOnHowTheyCameToBe(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StateStore store = new StateStore();
        TreeMap<StoreCapture.Place, byte[]> oracle = new TreeMap<>();
        change(store, oracle, random, 100);
        StateStore again = new StateStore();
        oracle.descendingMap().forEach((place, value) -> again.put(place.table(), place.key(), value));
        assertThat(again.hash()).isEqualTo(store.hash());
        assertThat(again.rows()).isEqualTo(store.rows()).isEqualTo(oracle.size());
        assertThat(again.bytes()).isEqualTo(store.bytes());
        again.put(0, new byte[] {1, 2}, new byte[] {3});
        assertThat(again.hash()).isNotEqualTo(store.hash());
    }

    @Property(tries = 100)
    void aReplicaFromASnapshotGoesOnLikeOneThatAppliedAll(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Rows rows = new Rows();
        long session = rows.open();
        int sequence = step(rows, session, 1, random, 50);
        ReplicatedLog.Capture capture = rows.machine.capture();
        long index = rows.index;
        long now = rows.now;
        long hash = rows.machine.digest().hash();
        SplittableRandom rest = random.split();
        SplittableRandom same = rest.split();
        long restSeed = same.nextLong();
        step(rows, session, sequence, new SplittableRandom(restSeed), 50);
        byte[] snapshot = Rows.written(capture);
        capture.close();

        Rows restored = Rows.restored(index, snapshot);
        restored.now = now;
        assertThat(restored.machine.digest().hash()).isEqualTo(hash);
        step(restored, session, sequence, new SplittableRandom(restSeed), 50);
        assertThat(restored.machine.digest()).isEqualTo(rows.machine.digest());
    }

    private static int step(Rows rows, long session, int from, SplittableRandom random, int steps) {
        int sequence = from;
        for (int i = 0; i < steps; i++) {
            String name = "n" + random.nextInt(4);
            String key = "k" + random.nextInt(6);
            rows.now += random.nextLong(400_000_000L);
            switch (random.nextInt(6)) {
                case 0 -> rows.machine.tick(rows.index, rows.now);
                case 1 -> rows.operate(session, sequence++, name, NoteType.set(key, ""));
                case 2 -> rows.operate(session, sequence++, name, NoteType.failing(2 + random.nextInt(2), key));
                case 3 -> rows.operate(session, sequence++, name, NoteType.append(key, "x"));
                case 4 -> rows.apply(new Command.Open(200_000_000L + random.nextInt(1000), "other"));
                default ->
                    rows.operate(
                            session,
                            sequence++,
                            name,
                            NoteType.set(key, "v" + i, random.nextLong(2_000_000_000L), random.nextBoolean()));
            }
        }
        return sequence;
    }

    @Property(tries = 500)
    void noBytesDoHarm(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Rows rows = new Rows();
        long session = rows.open();
        rows.operate(session, 1, "n", NoteType.set("k", "v", 5, true));
        List<byte[]> good = List.of(
                new Command.Open(1_000_000_000, "x").encode(),
                new Command.Operate(session, 2, 1, NoteType.ID, "n", NoteType.set("a", "b")).encode(),
                new Query.Ask(NoteType.ID, "n", NoteType.get("k")).encode(),
                new Query.Watch(NoteType.ID, "n", Query.Watch.Start.REVISION, 1, new byte[0], null).encode());
        for (int i = 0; i < 20; i++) {
            byte[] bytes = spoil(good.get(random.nextInt(good.size())), random);
            Answer.decode(rows.machine.query(rows.index, bytes));
            try {
                rows.applyBytes(bytes);
            } catch (NeedsUpgradeException e) {
                rows.index--;
            }
        }
        assertThat(rows.operate(rows.open(), 1, "n", NoteType.set("k", "w")).status())
                .isEqualTo(Answer.Status.OK);
    }

    private static byte[] spoil(byte[] good, SplittableRandom random) {
        byte[] bytes = random.nextInt(5) == 0 ? new byte[random.nextInt(40)] : good.clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 4)) : bytes;
    }

    @Property(tries = 300)
    void aDamagedSnapshotIsRefusedAsDamaged(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Rows rows = new Rows();
        step(rows, rows.open(), 1, random, 20);
        byte[] good = rows.snapshot();
        byte[] bad = good.clone();
        int at = random.nextInt(bad.length);
        if (random.nextBoolean()) {
            bad = Arrays.copyOf(bad, at);
        } else {
            bad[at] ^= (byte) (1 << random.nextInt(8));
        }
        try {
            Rows restored = new Rows();
            restored.machine.restore(rows.index, new ByteArrayInputStream(bad));
            // the header has no hash: a wrong log time is all that can pass, the engine's checksum sees to that
            assertThat(restored.machine.digest()).isEqualTo(rows.machine.digest());
        } catch (DamagedException | NeedsUpgradeException e) {
            assertThat(e).hasMessageMatching("(?s).*(snapshot).*");
        }
    }
}
