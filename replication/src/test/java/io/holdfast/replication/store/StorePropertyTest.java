package io.holdfast.replication.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A store beside a map that remembers all. */
class StorePropertyTest {
    /** Also with a process that ends without the power failing, which must lose nothing that was written to a file. */
    @Property(tries = 25)
    void aStoreIsAMapThatSurvives(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Oracle oracle = new Oracle(seed);
        oracle.open();
        for (int life = 0; life < 6; life++) {
            for (int steps = random.nextInt(120); steps > 0; steps--) {
                oracle.step();
            }
            if (random.nextInt(3) == 0) {
                oracle.turnUntilIdle();
                oracle.store().syncer().finish();
            }
            oracle.crash(random.nextBoolean());
            oracle.open();
            oracle.checkAll();
        }
    }

    /** The trees of a store depend on its rows alone, not on the way they came there. */
    @Property(tries = 8)
    void equalRowsHaveEqualTreesInMemoryAndOnDisk(@ForAll long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Oracle oracle = new Oracle(seed);
        oracle.open();
        RowStore memory = new MemoryStore(1);
        for (int i = 0; i < 200; i++) {
            RowKey key = Oracle.key(random.nextInt(24));
            byte[] state = new byte[random.nextInt(100)];
            if (random.nextInt(4) == 0) {
                memory.remove(key);
                oracle.store().remove(key);
            } else {
                memory.put(key, KeyHash.of(state), state);
                oracle.store().put(key, KeyHash.of(state), state);
            }
            oracle.store().syncer().turn();
        }
        Oracle.sameTrees(memory, oracle.store());
        for (RowKey key : Oracle.keys()) {
            int leaf = KeyHash.leaf(key.hash());
            assertThat(memory.leafHash(key.partition(), leaf))
                    .isEqualTo(oracle.store().leafHash(key.partition(), leaf));
            assertThat(memory.entries(key.partition(), leaf))
                    .containsExactlyInAnyOrderElementsOf(oracle.store().entries(key.partition(), leaf));
            assertThat(memory.get(key)).isEqualTo(oracle.store().get(key));
            assertThat(memory.rows(key.hash())).hasSameSizeAs(oracle.store().rows(key.hash()));
        }
        assertThat(memory.size()).isEqualTo(oracle.store().size());
    }

    /** Keys whose hashes are equal are rows of their own: the hash is not secret, so an attacker can make some. */
    @Example
    void keysWithOneHashAreTwoRows() {
        RowIndex index = new RowIndex();
        List<String> keys = new ArrayList<>(List.of("none"));
        for (String key : List.of("a", "b", "c")) {
            keys.add(key);
            assertThat(index.put(7, 1, keys.size() - 1, at -> keys.get((int) at).equals(key)))
                    .isZero();
        }
        assertThat(index.size()).isEqualTo(3);
        assertThat(index.find(7, at -> keys.get((int) at).equals("b"))).isEqualTo(2);
        assertThat(index.remove(7, at -> keys.get((int) at).equals("a"))).isEqualTo(1);
        assertThat(index.find(7, at -> keys.get((int) at).equals("c"))).isEqualTo(3);
        assertThat(index.find(7, at -> keys.get((int) at).equals("a"))).isZero();
        assertThat(index.size()).isEqualTo(2);
    }
}
