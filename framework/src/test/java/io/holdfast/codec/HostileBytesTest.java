package io.holdfast.codec;

import static io.holdfast.codec.Samples.*;
import static org.assertj.core.api.Assertions.*;

import com.sun.management.ThreadMXBean;
import io.holdfast.codec.Samples.*;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.*;
import java.lang.management.ManagementFactory;
import java.util.*;
import org.junit.jupiter.api.Test;

class HostileBytesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TypeCodec<Everything> codec = CODEC.forType(Everything.class);

    @Test
    void mutatedBytesGiveAValueOfTheTypeOrACodecExceptionAndLittleGarbage() {
        long seed = 42;
        var random = new Random(seed);
        byte[] good = codec.encode(EVERYTHING);
        long worst = 0;
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = good.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (i % 5 == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                Everything value = codec.decode(bytes);
                if (value != null) {
                    codec.encode(value); // an alien element would fail its cast here
                }
            } catch (CodecException e) {
                refused++;
            }
            worst = Math.max(worst, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(refused).isPositive();
        assertThat(worst).as("seed %d", seed).isLessThan(4 << 20);
        assertThat(codec.encode(codec.decode(good))).isEqualTo(good);
    }

    @Test
    void randomBytesAreRefusedOrGiveAValueOfTheType() {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            try {
                codec.decode(bytes);
            } catch (CodecException e) {
                assertThat(e).hasMessageContaining("bytes");
            }
        }
    }

    @Test
    void claimedLengthsAreNotBelieved() {
        for (String claim : List.of(
                "9a7fffffff",
                "9b7fffffffffffffff",
                "5a7fffffff",
                "5b7fffffffffffffff",
                "7a7fffffff",
                "7b7fffffffffffffff",
                "ba7fffffff",
                "c25a7ffffffa",
                "9bffffffffffffffff",
                "5f",
                "7f",
                "9f",
                "bf")) {
            for (var type : List.of(
                    generic(List.class, String.class),
                    byte[].class,
                    String.class,
                    Line.class,
                    Nested.class,
                    java.math.BigInteger.class,
                    long.class)) {
                TypeCodec<Object> reader = CODEC.forType(type);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                assertThatThrownBy(() -> reader.decode(hex(claim)))
                        .as("%s as %s", claim, type)
                        .isInstanceOf(CodecException.class);
                assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                        .as("%s as %s", claim, type)
                        .isLessThan(4 << 20);
            }
        }
    }

    @Test
    void deepNestingIsRefusedOnBothSidesWithoutAStackOverflow() {
        TypeCodec<Tree> trees = CODEC.forType(Tree.class);
        byte[] level = hex("a1 68 6368696c6472656e 81"); // {"children": [
        byte[] bytes = new byte[level.length * 50_000];
        for (int i = 0; i < 50_000; i++) {
            System.arraycopy(level, 0, bytes, i * level.length, level.length);
        }
        assertThatThrownBy(() -> trees.decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("depth");
        byte[] unknown = new byte[100_000];
        Arrays.fill(unknown, (byte) 0x81);
        System.arraycopy(hex("a1 61 78"), 0, unknown, 0, 3); // nested inside a component that the reader skips
        assertThatThrownBy(() -> trees.decode(unknown))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("depth");
        Tree tree = new Tree("leaf", List.of());
        for (int i = 0; i < 1000; i++) {
            tree = new Tree("t", List.of(tree));
        }
        Tree deep = tree;
        assertThatThrownBy(() -> trees.encode(deep))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("depth");
    }

    @Test
    void absentComponentsAreChargedLikeTokens() {
        TypeCodec<List<Primitives>> reader = CODEC.forType(generic(List.class, Primitives.class));
        assertThat(reader.decode(emptyRecords(50_000))).hasSize(50_000);
        assertThatThrownBy(() -> reader.decode(emptyRecords(120_000)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("maxTokens (1000000)");
    }

    private static byte[] emptyRecords(int count) {
        var bytes = java.nio.ByteBuffer.allocate(5 + count).put((byte) 0x9a).putInt(count);
        Arrays.fill(bytes.array(), 5, 5 + count, (byte) 0xa0);
        return bytes.array();
    }

    @Test
    void tokensAreBoundedInsideWhatTheReaderSkips() {
        byte[] bytes = new byte[1_200_008];
        System.arraycopy(hex("a1 61 78 9a00124f80"), 0, bytes, 0, 8);
        assertThatThrownBy(() -> CODEC.forType(Line.class).decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("1000000");
    }

    @Test
    void keysMadeToCollideAreRefusedBeforeTheyCostQuadraticTime() {
        List<Key> keys = colliding(1 << 12).stream().map(Key::new).toList();
        byte[] list = CODEC.forType(generic(List.class, Key.class)).encode(keys);
        TypeCodec<Set<Key>> sets = CODEC.forType(generic(Set.class, Key.class));
        assertThatThrownBy(() -> sets.decode(list))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("maxCollisions (100000)");
        TypeCodec<Map<Key, Key>> maps = CODEC.forType(generic(Map.class, Key.class, Key.class));
        List<Key> pairs =
                keys.stream().flatMap(k -> java.util.stream.Stream.of(k, k)).toList();
        byte[] entries = CODEC.forType(generic(List.class, Key.class)).encode(pairs);
        assertThatThrownBy(() -> maps.decode(entries))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("maxCollisions (100000)");
    }

    @Test
    void collisionsAddUpOverTheSetsOfOneMessage() {
        List<Key> keys = colliding(1 << 8).stream().map(Key::new).toList(); // 32,640 pairs
        byte[] bytes = CODEC.forType(generic(List.class, generic(List.class, Key.class)))
                .encode(Collections.nCopies(4, keys));
        TypeCodec<List<Set<Key>>> reader = CODEC.forType(generic(List.class, generic(Set.class, Key.class)));
        assertThatThrownBy(() -> reader.decode(bytes)).hasMessageContaining("maxCollisions");
    }

    @Test
    void keysThatHashMapOrdersAndHonestKeysAreNotCharged() {
        var texts = new LinkedHashSet<>(colliding(1 << 12));
        assertThat(trip(generic(Set.class, String.class), (Set<String>) texts)).isEqualTo(texts);
        Set<Key> honest = new LinkedHashSet<>();
        for (int i = 0; i < 100_000; i++) {
            honest.add(new Key("key-" + i));
        }
        assertThat(trip(generic(Set.class, Key.class), honest)).isEqualTo(honest);
    }

    private static List<String> colliding(int count) {
        int length = Integer.numberOfTrailingZeros(count);
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> {
                    var text = new StringBuilder();
                    for (int bit = 0; bit < length; bit++) {
                        text.append((i >> bit & 1) == 0 ? "Aa" : "BB"); // "Aa" and "BB" have one hash code
                    }
                    return text.toString();
                })
                .toList();
    }

    record Key(String text) {}

    @Test
    void malformedUtf8IsRefusedAndTheReplacementCharacterItselfIsNot() {
        TypeCodec<String> texts = CODEC.forType(String.class);
        for (String bad : List.of(
                "61 ff",
                "61 80",
                "62 c080",
                "62 c3 28",
                "61 c3",
                "63 e08080",
                "63 eda080",
                "66 eda080 edb080",
                "64 f0808080",
                "64 f4908080",
                "64 f0282828",
                "65 f888808080",
                "67 efbfbd 61 eda080")) {
            assertThatThrownBy(() -> texts.decode(hex(bad))).as(bad).isInstanceOf(CodecException.class);
        }
        assertThat(texts.decode(hex("63 efbfbd"))).isEqualTo("\ufffd");
        assertThatThrownBy(() -> CODEC.forType(Status.class).decode(hex("65 4f50c145 4e")))
                .isInstanceOf(CodecException.class);
    }

    @Test
    void tagsAndTextInChunksAreRefused() {
        for (String tagged :
                List.of("c1 01", "d81c 01", "d90100 81 d81900", "a1 d81c 63736b75 6161", "a1 6178 c1 01")) {
            assertThatThrownBy(() -> CODEC.forType(Line.class).decode(hex(tagged)))
                    .as(tagged)
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("tags");
        }
        assertThatThrownBy(() -> CODEC.forType(String.class).decode(hex("7f 6161 6162 ff")))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("indefinite");
        byte[] big = Arrays.copyOf(hex("c2 5a000fff00"), 6 + 0xfff00); // a megabyte of one number
        Arrays.fill(big, 6, big.length, (byte) 0x7f);
        assertThatThrownBy(() -> CODEC.forType(long.class).decode(big))
                .isInstanceOf(CodecException.class)
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    }

    @Test
    void namesThatPeersChooseAreShort() {
        byte[] bytes = Arrays.copyOf(hex("a1 790101"), 4 + 0x101 + 1);
        Arrays.fill(bytes, 4, 4 + 0x101, (byte) 'n');
        assertThatThrownBy(() -> CODEC.forType(Line.class).decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("256");
    }

    @Test
    void aRefusalNamesThePlaceInTheValue() {
        TypeCodec<List<Line>> lines = CODEC.forType(generic(List.class, Line.class));
        assertThatThrownBy(() -> lines.decode(hex("82 a0 a1 687175616e74697479 6161")))
                .hasMessageContaining("at /1/quantity: expected an integer");
        Tree broken = new Tree("a", List.of(new Tree("\ud800", List.of())));
        assertThatThrownBy(() -> CODEC.forType(Tree.class).encode(broken))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("at /children/name");
        assertThatThrownBy(() ->
                        CODEC.forArguments(List.of(long.class, Tree.class)).encode(new Object[] {1L, broken}))
                .hasMessageContaining("at /1/children/name");
    }

    @Test
    void halfASurrogatePairIsRefusedByTheWriterAtAnyLength() {
        for (int length : new int[] {0, 100, 3000, 100_000}) {
            assertThatThrownBy(() -> CODEC.forType(String.class).encode("x".repeat(length) + "\ud83d"))
                    .as("%d", length)
                    .isInstanceOf(CodecException.class);
        }
    }

    @Test
    void bytesAfterTheValueAreRefused() {
        assertThatThrownBy(() -> CODEC.forType(long.class).decode(hex("01 02")))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("follow");
        assertThatThrownBy(() -> CODEC.forType(long.class).decode(new byte[0])).isInstanceOf(CodecException.class);
    }

    @Test
    void tagsAndBigNumbersDoNotCostMoreThanTheirBytes() {
        TypeCodec<java.math.BigDecimal> reader = CODEC.forType(java.math.BigDecimal.class);
        assertThat(reader.decode(hex("45 7fffffff 01")).scale()).isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> reader.decode(hex("c4 82 1b7fffffffffffffff 01")))
                .isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> CODEC.forType(int.class).decode(hex("c4 82 1a7fffffff 01")))
                .isInstanceOf(CodecException.class);
    }
}
