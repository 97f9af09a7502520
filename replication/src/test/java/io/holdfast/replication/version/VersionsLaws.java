package io.holdfast.replication.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Rows are a join semilattice whatever befell them, and their bytes are theirs alone. */
class VersionsLaws {
    private static final int STORES = 3;

    /** Rows of three replicas that wrote, removed, merged and forgot at random. */
    private static List<Versions> rows(long seed, boolean latest) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Versions> rows = new ArrayList<>(List.of(Versions.NONE, Versions.NONE, Versions.NONE));
        long[] counters = new long[STORES];
        for (int step = 0; step < 25; step++) {
            int at = random.nextInt(STORES);
            Versions row = rows.get(at);
            CausalContext known = random.nextBoolean()
                    ? rows.get(random.nextInt(STORES)).context()
                    : CausalContext.EMPTY;
            Sibling written = new Sibling(
                    new Dot(at + 1, ++counters[at]),
                    random.nextInt(50),
                    random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 0,
                    latest && random.nextInt(5) == 0 ? null : new byte[] {(byte) step});
            rows.set(at, switch (random.nextInt(5)) {
                case 0, 1 -> latest ? row.putLatest(written) : row.put(known, written);
                case 2 -> latest ? row : row.remove(known);
                case 3 -> row.withoutExpired(random.nextInt(100));
                default -> row.merge(rows.get(random.nextInt(STORES)));
            });
        }
        return rows;
    }

    @Property(tries = 400)
    void mergingCommutesAssociatesAndIsIdempotent(@ForAll long seed, @ForAll boolean latest) {
        List<Versions> rows = rows(seed, latest);
        Versions a = rows.get(0);
        Versions b = rows.get(1);
        Versions c = rows.get(2);
        assertThat(a.merge(b)).as("commutes").isEqualTo(b.merge(a));
        assertThat(a.merge(b).merge(c)).as("associates").isEqualTo(a.merge(b.merge(c)));
        assertThat(a.merge(a)).as("idempotent").isEqualTo(a);
        assertThat(a.merge(b).merge(b)).as("absorbs").isEqualTo(a.merge(b));
    }

    @Property(tries = 200)
    void whatIsKnownNeverShrinks(@ForAll long seed, @ForAll boolean latest) {
        List<Versions> rows = rows(seed, latest);
        Versions both = rows.get(0).merge(rows.get(1));
        assertThat(both.context().covers(rows.get(0).context())).isTrue();
        assertThat(both.context().covers(rows.get(1).context())).isTrue();
        assertThat(both.siblings().size()).isLessThanOrEqualTo(latest ? 1 : 50);
    }

    @Property(tries = 200)
    void bytesAreReadBackAndEqualForEqualRows(@ForAll long seed, @ForAll boolean latest) {
        List<Versions> rows = rows(seed, latest);
        byte[] one = rows.get(0).merge(rows.get(1)).encode();
        byte[] other = rows.get(1).merge(rows.get(0)).encode();
        assertThat(one).isEqualTo(other);
        assertThat(Versions.decode(one).encode()).isEqualTo(one);
        assertThat(Versions.isTombstone(one)).isEqualTo(Versions.decode(one).isTombstone());
    }

    @Property(tries = 300)
    void bytesOfAnyOriginAreReadOrRefused(@ForAll byte[] bytes, @ForAll long seed) {
        byte[] row = rows(seed, false).get(0).encode();
        for (int i = 0; i < Math.min(bytes.length, row.length); i++) {
            row[Math.floorMod(bytes[i] * 31 + i, row.length)] = bytes[i];
        }
        for (byte[] each : List.of(bytes, row)) {
            try {
                Versions.decode(each);
            } catch (ProtocolException refused) {
                assertThat(refused).hasMessageContaining("row");
            }
        }
    }

    @Example
    void aWriteReplacesWhatItsWriterKnewAndStandsBesideTheRest() {
        Sibling first = new Sibling(new Dot(1, 1), 1, 0, new byte[] {1});
        Sibling second = new Sibling(new Dot(1, 2), 2, 0, new byte[] {2});
        Sibling third = new Sibling(new Dot(2, 1), 3, 0, new byte[] {3});
        Versions both = Versions.NONE.put(CausalContext.EMPTY, first).put(CausalContext.EMPTY, second);
        assertThat(both.siblings()).containsExactly(first, second);
        CausalContext known = Versions.NONE.put(CausalContext.EMPTY, first).context();
        Versions next = both.put(known, third);
        assertThat(next.siblings()).containsExactlyInAnyOrder(second, third);
        assertThat(next.merge(both)).as("what was replaced does not come back").isEqualTo(next);
    }

    @Example
    void aValueThatExpiredDoesNotUncoverTheOlderOneThatItHadReplaced() {
        Versions older = Versions.NONE.putLatest(new Sibling(new Dot(1, 1), 10, 0, new byte[] {1}));
        Versions newer = Versions.NONE.putLatest(new Sibling(new Dot(2, 1), 20, 50, new byte[] {2}));
        Versions expired = newer.withoutExpired(60);
        assertThat(expired.isTombstone()).isTrue();
        assertThat(older.merge(expired).isTombstone()).isTrue();
        assertThat(older.merge(newer).merge(expired)).isEqualTo(older.merge(newer.merge(expired)));
    }

    @Example
    void anUnknownLayoutIsNamed() {
        assertThatThrownBy(() -> Versions.decode(new byte[] {9, 0, 0, 0}))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("version 9");
    }
}
