package io.holdfast.codec;

import io.holdfast.core.codec.TypeCodec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.*;
import java.util.*;

final class Samples {
    static final CborCodec CODEC = CborCodec.of(CodecLimits.standard());

    enum Status {
        OPEN,
        PAID {
            @Override
            int days() {
                return 1;
            }
        };

        int days() {
            return 0;
        }
    }

    record Primitives(boolean z, byte b, short s, int i, long l, float f, double d, char c) {}

    record Boxes(Boolean z, Byte b, Short s, Integer i, Long l, Float f, Double d, Character c) {}

    record Times(
            Instant instant,
            Duration duration,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            OffsetTime offsetTime,
            ZonedDateTime zoned,
            ZoneId zone,
            ZoneOffset zoneOffset,
            Period period,
            Year year,
            YearMonth yearMonth,
            MonthDay monthDay) {}

    record Others(String text, BigDecimal decimal, BigInteger integer, UUID uuid, URI uri, Status status) {}

    record Line(String sku, int quantity) {}

    record Page<T>(List<T> items, Optional<String> next) {}

    record Nested(
            Map<String, List<Optional<Line>>> map,
            Set<Status> set,
            Map<Line, Integer> keyed,
            Page<Page<Line>> pages,
            Collection<? extends Line> wild) {}

    record Tree(String name, List<Tree> children) {}

    sealed interface Shape permits Circle, Polygon, Unit {}

    record Circle(double radius) implements Shape {}

    sealed interface Polygon extends Shape permits Square {}

    record Square(double side) implements Polygon {}

    enum Unit implements Shape {
        POINT
    }

    sealed interface Result<T> permits Ok, Failed {}

    record Ok<V>(V value) implements Result<V> {}

    record Failed<E>(String reason) implements Result<E> {}

    record Positive(int value) {
        Positive {
            if (value < 1) throw new IllegalArgumentException("value (" + value + ") must be positive");
        }
    }

    record Blob(byte[] bytes) {}

    record Everything(
            Shape shape,
            List<Shape> shapes,
            Others others,
            Times times,
            Nested nested,
            Result<List<Line>> result,
            Primitives primitives,
            Tree tree,
            Blob blob) {}

    static final Primitives PRIMITIVES =
            new Primitives(true, (byte) -1, Short.MIN_VALUE, Integer.MAX_VALUE, Long.MIN_VALUE, 1.5f, -0.0, '\uffff');
    static final Times TIMES = new Times(
            Instant.MIN,
            Duration.ofSeconds(-1, 5),
            LocalDate.MIN,
            LocalTime.MAX,
            LocalDateTime.MAX,
            OffsetDateTime.MAX,
            OffsetTime.MIN,
            ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 0, ZoneId.of("Europe/Berlin")),
            ZoneId.of("Asia/Tokyo"),
            ZoneOffset.ofHours(3),
            Period.of(1, 2, 3),
            Year.of(1999),
            YearMonth.of(2026, 2),
            MonthDay.of(2, 29));
    static final Others OTHERS = new Others(
            "äöü \uD83D\uDE00 \u0000",
            new BigDecimal("-1.500E+400"),
            BigInteger.TWO.pow(300).negate(),
            new UUID(-1, 1),
            URI.create("a:b"),
            Status.PAID);
    static final Nested NESTED = new Nested(
            Map.of("k", Arrays.asList(Optional.of(new Line("a", 1)), Optional.empty())),
            EnumSet.allOf(Status.class),
            Map.of(new Line("k", 1), 2),
            new Page<>(List.of(new Page<>(List.of(new Line("b", 2)), Optional.of("n"))), Optional.empty()),
            List.of(new Line("w", 3)));
    static final Everything EVERYTHING = new Everything(
            new Circle(1),
            List.of(new Square(2), Unit.POINT, new Circle(3)),
            OTHERS,
            TIMES,
            NESTED,
            new Ok<>(List.of(new Line("r", 1))),
            PRIMITIVES,
            new Tree("root", List.of(new Tree("leaf", List.of()))),
            new Blob(new byte[0]));

    static Type generic(Class<?> raw, Type... arguments) {
        return new ParameterizedType() {
            @Override
            public Type[] getActualTypeArguments() {
                return arguments;
            }

            @Override
            public Type getRawType() {
                return raw;
            }

            @Override
            public Type getOwnerType() {
                return null;
            }
        };
    }

    static <T> T trip(Type type, T value) {
        TypeCodec<T> codec = CODEC.forType(type);
        return codec.decode(codec.encode(value));
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private Samples() {}
}
