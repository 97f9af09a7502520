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
        for (int i = 0; i < 100_000; i++) {
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
        System.out.println(
                "fuzz: refused " + refused + " of 100000, worst allocation " + worst + " bytes for " + good.length);
        assertThat(worst).as("seed %d", seed).isLessThan(4 << 20);
        assertThat(codec.encode(codec.decode(good))).isEqualTo(good);
    }

    @Test
    void randomBytesAreRefusedOrGiveAValueOfTheType() {
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
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
    void manyTinyRecordsInASmallFrameAreBounded() {
        TypeCodec<List<Primitives>> reader = CODEC.forType(generic(List.class, Primitives.class));
        byte[] bytes = new byte[1_000_001];
        Arrays.fill(bytes, (byte) 0xa0);
        System.arraycopy(hex("9a000f423c"), 0, bytes, 0, 5);
        assertThatThrownBy(() -> reader.decode(bytes)).isInstanceOf(CodecException.class);
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
