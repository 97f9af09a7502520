package io.holdfast.replication.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The parts below the values, each against a plain one from the JDK. */
class StructureProperties {
    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void rangesAreSetsOfNumbers(@ForAll long seed) {
        Random random = new Random(seed);
        BitSet plainA = new BitSet();
        BitSet plainB = new BitSet();
        DotRanges a = ranges(random, plainA);
        DotRanges b = ranges(random, plainB);
        BitSet both = (BitSet) plainA.clone();
        both.or(plainB);
        assertEqual(a.plus(b), both);
        BitSet left = (BitSet) plainA.clone();
        left.andNot(plainB);
        assertEqual(a.minus(b), left);
    }

    private static DotRanges ranges(Random random, BitSet plain) {
        DotRanges ranges = DotRanges.NONE;
        for (int i = random.nextInt(6); i > 0; i--) {
            int from = 1 + random.nextInt(30);
            int to = from + random.nextInt(5);
            ranges = ranges.plus(DotRanges.of(from, to));
            plain.set(from, to + 1);
        }
        return ranges;
    }

    private static void assertEqual(DotRanges ranges, BitSet plain) {
        for (int i = 0; i < 45; i++) {
            assertThat(ranges.contains(i)).as("%s in %s", i, ranges).isEqualTo(plain.get(i));
        }
        assertThat(ranges.max()).isEqualTo(Math.max(0, plain.length() - 1));
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.from(i)).as("apart: %s", ranges).isGreaterThan(ranges.to(i - 1) + 1);
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void theTreapIsASortedMap(@ForAll long seed) {
        Random random = new Random(seed);
        TreeMap<Path, List<Entry>> plain = new TreeMap<>();
        PathMap map = PathMap.EMPTY;
        for (int i = 0; i < 120; i++) {
            Path path = path(random);
            List<Entry> entries =
                    random.nextInt(3) == 0 ? List.of() : List.of(new Entry(new Dot(1, i + 1), path, new byte[0]));
            map = map.with(path, entries, random.nextInt());
            if (entries.isEmpty()) {
                plain.remove(path);
            } else {
                plain.put(path, entries);
            }
        }
        Path prefix = path(random);
        List<Path> found = new ArrayList<>();
        map.from(prefix, node -> found.add(node.path()));
        assertThat(found)
                .isEqualTo(plain.keySet().stream()
                        .filter(each -> each.startsWith(prefix))
                        .toList());
        for (int i = 0; i < 20; i++) {
            Path path = path(random);
            assertThat(map.get(path)).isEqualTo(plain.getOrDefault(path, List.of()));
        }
    }

    private static Path path(Random random) {
        byte[] bytes = new byte[random.nextInt(4)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) * 100);
        }
        return Path.of(bytes);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void brokenBytesAreRefusedAndNothingElse(@ForAll long seed) {
        Random random = new Random(seed);
        Kind kind = Kind.of(random.nextInt(Kind.COUNT));
        Replica replica = Replicas.written(random, kind, 2).get(0);
        byte[] state = DeltaCodec.encode(Replicas.id(kind), Replicas.state(replica, Replicas.id(kind)));
        byte[] message =
                CrdtMessageCodec.encode(new CrdtMessage.Part(1, 2, 3, 4, new CrdtMessage.Objects(List.of(state))));
        refuse(random, state, DeltaCodec::decode);
        refuse(random, message, CrdtMessageCodec::decode);
    }

    private static void refuse(Random random, byte[] whole, Consumer<byte[]> decoding) {
        byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
        assertThatThrownBy(() -> decoding.accept(cut)).isInstanceOf(ProtocolException.class);
        byte[] flipped = whole.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        try {
            decoding.accept(flipped);
        } catch (ProtocolException refused) {
            // one of two good ends: other bytes may be another state
        }
    }
}
