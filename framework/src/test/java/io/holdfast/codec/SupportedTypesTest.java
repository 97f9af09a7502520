package io.holdfast.codec;

import static io.holdfast.codec.Samples.*;
import static org.assertj.core.api.Assertions.*;

import io.holdfast.codec.Samples.*;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.*;
import java.util.*;
import org.junit.jupiter.api.Test;

class SupportedTypesTest {
    @Test
    void everySupportedTypeComesBackEqual() {
        assertThat(trip(Primitives.class, PRIMITIVES)).isEqualTo(PRIMITIVES);
        assertThat(trip(Times.class, TIMES)).isEqualTo(TIMES);
        assertThat(trip(Others.class, OTHERS)).isEqualTo(OTHERS);
        assertThat(trip(Nested.class, NESTED).toString()).isEqualTo(NESTED.toString());
        TypeCodec<Everything> codec = CODEC.forType(Everything.class);
        byte[] bytes = codec.encode(EVERYTHING);
        assertThat(codec.encode(codec.decode(bytes))).isEqualTo(bytes);
    }

    @Test
    void nullsSurviveWhereverAReferenceMayBeNull() {
        var empty = new Boxes(null, null, null, null, null, null, null, null);
        assertThat(trip(Boxes.class, empty)).isEqualTo(empty);
        assertThat(Samples.<Boxes>trip(Boxes.class, null)).isNull();
        assertThat(trip(generic(List.class, String.class), Arrays.asList("a", null)))
                .containsExactly("a", null);
        assertThat(trip(Tree.class, new Tree(null, null))).isEqualTo(new Tree(null, null));
        assertThat(Samples.<Object>trip(void.class, null)).isNull();
    }

    @Test
    void specialFloatsAndExtremesKeepTheirBits() {
        for (double d : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, -0.0}) {
            assertThat((Object) trip(double.class, d)).isEqualTo((Object) d);
        }
        for (long l : new long[] {
            0,
            -1,
            23,
            24,
            255,
            256,
            65535,
            65536,
            Integer.MIN_VALUE,
            1L << 32,
            -(1L << 32) - 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE
        }) {
            assertThat(trip(long.class, l)).isEqualTo(l);
        }
    }

    @Test
    void longStringsAndBytesOfEveryLengthClassSurvive() {
        for (int n : new int[] {0, 1, 23, 24, 255, 256, 7999, 8000, 65535, 65536, 300_000}) {
            assertThat(trip(String.class, "é".repeat(n))).isEqualTo("é".repeat(n));
            assertThat(trip(byte[].class, new byte[n])).hasSize(n);
        }
    }

    @Test
    void sealedGenericsAndEnumConstantsWithBodiesKeepTheirTypes() {
        assertThat(trip(generic(Result.class, String.class), (Result<String>) new Ok<>("x")))
                .isEqualTo(new Ok<>("x"));
        assertThat(trip(generic(Result.class, String.class), (Result<String>) new Failed<String>("x")))
                .isEqualTo(new Failed<>("x"));
        assertThat(trip(Shape.class, (Shape) Unit.POINT)).isSameAs(Unit.POINT);
        assertThat(trip(Status.class, Status.PAID)).isSameAs(Status.PAID);
    }

    @Test
    void collectionsAreUnmodifiableAndKeepTheWritersOrder() {
        List<Integer> values = trip(generic(List.class, Integer.class), List.of(3, 1, 2));
        assertThat(values).containsExactly(3, 1, 2);
        assertThatThrownBy(() -> values.add(1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void argumentsAreOneUnitByPosition() {
        TypeCodec<Object[]> codec =
                CODEC.forArguments(List.of(long.class, generic(List.class, Line.class), Shape.class));
        Object[] arguments = {7L, List.of(new Line("a", 1)), null};
        assertThat(codec.decode(codec.encode(arguments))).containsExactly(arguments);
        TypeCodec<Object[]> none = CODEC.forArguments(List.of());
        assertThat(none.decode(none.encode(new Object[0]))).isEmpty();
        byte[] bytes = codec.encode(arguments);
        assertThatThrownBy(() -> none.decode(bytes)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> codec.encode(new Object[] {1L}))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("1 arguments for 3");
    }

    @Test
    void oneCodecServesManyThreadsAndContractsMadeAtAnyTime() {
        TypeCodec<Everything> codec = CODEC.forType(Everything.class);
        byte[] expected = codec.encode(EVERYTHING);
        var wrong = java.util.stream.IntStream.range(0, 4000)
                .parallel()
                .filter(i -> {
                    TypeCodec<Page<Line>> late = CODEC.forType(generic(Page.class, Line.class));
                    var page = new Page<>(List.of(new Line("l" + i, i)), Optional.<String>empty());
                    return !late.decode(late.encode(page)).equals(page)
                            || !Arrays.equals(codec.encode(codec.decode(expected)), expected);
                })
                .count();
        assertThat(wrong).isZero();
    }
}
