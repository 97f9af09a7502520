package io.holdfast.consensus.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class StateTableProperties {
    private static final int SAME_BITS = 0x3FF;

    /** Keys that meet in one chain until there are a thousand chains, as somebody could choose them. */
    private static List<byte[]> meeting(SplittableRandom random, int count) {
        List<byte[]> keys = new ArrayList<>();
        int wanted = random.nextInt() & SAME_BITS;
        while (keys.size() < count) {
            byte[] key = new byte[9];
            random.nextBytes(key);
            if ((StateTable.place(key) & SAME_BITS) == wanted) {
                keys.add(key);
            }
        }
        return keys;
    }

    @Property(tries = 60)
    void whatIsLookedUpIsWhatTheOrderHolds(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> keys = meeting(random, 40);
        for (int i = 0; i < 200; i++) {
            keys.add(new byte[] {(byte) i, 7});
        }
        StateTable table = new StateTable();
        TreeMap<byte[], byte[]> oracle = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < 1500; i++) {
            byte[] key = keys.get(random.nextInt(keys.size())).clone();
            StateTable.Cell cell = table.find(key);
            assertThat(cell == null ? null : cell.value)
                    .as("seed %d, step %d", seed, i)
                    .isSameAs(oracle.get(key));
            byte[] value = new byte[random.nextInt(5)];
            if (cell == null) {
                table.add(key, value, 0);
                oracle.put(key, value);
            } else if (random.nextInt(3) > 0) {
                table.change(cell, value, 0);
                oracle.put(key, value);
            } else {
                table.remove(cell);
                oracle.remove(key);
            }
        }
        assertThat(table.rows().keySet()).as("seed %d", seed).containsExactlyElementsOf(oracle.keySet());
        assertThat(table.count()).isEqualTo(oracle.size());
        assertThat(table.bytes())
                .isEqualTo(oracle.entrySet().stream()
                        .mapToLong(row -> row.getKey().length + row.getValue().length)
                        .sum());
    }
}
