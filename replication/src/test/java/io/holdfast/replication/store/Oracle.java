package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.DurableCells;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A store on a simulated disk, and all that was ever done to it: what it may say, and what it must. */
final class Oracle {
    static final StoreOptions OPTIONS =
            new StoreOptions(new DataSize(4 << 10), 0.5, new DataSize(1 << 20), new DataSize(1_000));

    private static final int KEYS = 24;

    final DurableCells cells = DurableCells.inMemory();
    private final Map<RowKey, List<Version>> history = new HashMap<>();
    private final RandomGenerator random;
    SimDisk disk = new SimDisk();

    @Nullable SegmentStore store;

    private long number;

    /** What a row was from a position on; null if there was none. */
    private record Version(long position, byte @Nullable [] state) {}

    Oracle(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < KEYS; i++) {
            history.put(key(i), new ArrayList<>(List.of(new Version(0, null))));
        }
    }

    static RowKey key(int number) {
        return RowKey.of("m", ByteBuffer.allocate(4).putInt(number).array());
    }

    SegmentStore store() {
        if (store == null) {
            throw new IllegalStateException("not open");
        }
        return store;
    }

    void open() throws IOException {
        store = SegmentStore.open(disk, cells, OPTIONS, subsystem -> random);
    }

    /** One thing at random: mostly a put. */
    void step() {
        RowKey key = key(random.nextInt(KEYS));
        switch (random.nextInt(10)) {
            case 0, 1 -> store().syncer().turn();
            case 2 -> {
                note(key, null, store().remove(key));
            }
            case 3 -> check(key);
            default -> put(key);
        }
    }

    void put(RowKey key) {
        byte[] state = new byte[8 + random.nextInt(300)];
        random.nextBytes(state);
        ByteBuffer.wrap(state).putLong(++number);
        note(key, state, store().put(key, KeyHash.of(state), state));
    }

    private void note(RowKey key, byte @Nullable [] state, long position) {
        history.get(key).add(new Version(position, state));
    }

    private void check(RowKey key) {
        List<Version> versions = history.get(key);
        assertThat(store().get(key)).isEqualTo(versions.get(versions.size() - 1).state());
    }

    void turnUntilIdle() {
        while (store().syncer().turn()) {
            // goes on
        }
    }

    /** The process ends without a word; the power fails if it is said so. Then all is opened again. */
    void crash(boolean power) {
        if (store != null) {
            long synced = store.synced();
            history.values().forEach(versions -> forgetBefore(versions, synced));
        }
        store = null;
        disk = power ? disk.crashed(random) : disk;
    }

    /** What was synced cannot go; what came later may have stayed or not. */
    private static void forgetBefore(List<Version> versions, long synced) {
        while (versions.size() > 1 && versions.get(1).position() <= synced) {
            versions.remove(0);
        }
        versions.replaceAll(version -> new Version(0, version.state()));
    }

    /** Each row is what it must be or may be, and from now on it is what it is. */
    void checkAll() {
        MemoryStore same = new MemoryStore(0);
        history.forEach((key, versions) -> {
            byte[] state = store().get(key);
            assertThat(versions)
                    .as("states that %s may have, now %s", key, Arrays.toString(state))
                    .anyMatch(version -> Arrays.equals(version.state(), state));
            versions.clear();
            versions.add(new Version(0, state));
            if (state != null) {
                same.put(key, KeyHash.of(state), state);
            }
        });
        assertThat(store().size()).isEqualTo(same.size());
        assertThat(store().lost()).isZero();
        assertThat(store().doubtful().isEmpty()).isTrue();
        sameTrees(store(), same);
    }

    static void sameTrees(RowStore one, RowStore other) {
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            assertThat(one.partitionHash(partition)).isEqualTo(other.partitionHash(partition));
            for (int node = 0; node < RowStore.NODES && one.partitionHash(partition) != 0; node++) {
                assertThat(one.nodeHash(partition, node)).isEqualTo(other.nodeHash(partition, node));
            }
        }
    }

    /** Whether a state was ever put for a key and not forgotten. */
    boolean knows(RowKey key, byte @Nullable [] state) {
        return history.get(key).stream().anyMatch(version -> Arrays.equals(version.state(), state));
    }

    /** What a key's row is now. */
    byte @Nullable [] now(RowKey key) {
        List<Version> versions = history.get(key);
        return versions.get(versions.size() - 1).state();
    }

    static List<RowKey> keys() {
        List<RowKey> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add(key(i));
        }
        return keys;
    }
}
