package io.holdfast.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** The types that are one token, and how each is laid out. Everything else is built of these. */
final class Scalars {
    private static final int SECONDS_AND_NANOS = Long.BYTES + Integer.BYTES;
    private static final Map<Class<?>, Node> NODES = new HashMap<>();

    static {
        primitive(boolean.class, Boolean.class, CborWriter::writeBoolean, Scalars::readBoolean, false);
        primitive(
                byte.class,
                Byte.class,
                (out, v) -> out.writeInteger(v),
                in -> (byte) readInt(in, Byte.MIN_VALUE, Byte.MAX_VALUE),
                (byte) 0);
        primitive(
                short.class,
                Short.class,
                (out, v) -> out.writeInteger(v),
                in -> (short) readInt(in, Short.MIN_VALUE, Short.MAX_VALUE),
                (short) 0);
        primitive(
                int.class,
                Integer.class,
                (out, v) -> out.writeInteger(v),
                in -> readInt(in, Integer.MIN_VALUE, Integer.MAX_VALUE),
                0);
        primitive(
                char.class,
                Character.class,
                (out, v) -> out.writeInteger(v),
                in -> (char) readInt(in, Character.MIN_VALUE, Character.MAX_VALUE),
                '\0');
        primitive(long.class, Long.class, CborWriter::writeInteger, Scalars::readLong, 0L);
        primitive(float.class, Float.class, CborWriter::writeFloat, in -> (float) readDouble(in), 0f);
        primitive(double.class, Double.class, CborWriter::writeDouble, Scalars::readDouble, 0d);
        scalar(String.class, CborWriter::writeString, Scalars::readString);
        scalar(byte[].class, CborWriter::writeBytes, Scalars::readBytes);
        scalar(BigInteger.class, (out, v) -> out.writeBytes(v.toByteArray()), in -> new BigInteger(readBytes(in)));
        fixed(BigDecimal.class, Scalars::bytesOf, Scalars::decimalOf);
        fixed(
                UUID.class,
                v -> twoLongs(v.getMostSignificantBits(), v.getLeastSignificantBits()),
                b -> new UUID(b.getLong(), b.getLong()));
        fixed(
                Instant.class,
                v -> secondsAndNanos(v.getEpochSecond(), v.getNano()),
                b -> Instant.ofEpochSecond(b.getLong(), b.getInt()));
        fixed(
                Duration.class,
                v -> secondsAndNanos(v.getSeconds(), v.getNano()),
                b -> Duration.ofSeconds(b.getLong(), b.getInt()));
        fixed(
                LocalDateTime.class,
                v -> twoLongs(v.toLocalDate().toEpochDay(), v.toLocalTime().toNanoOfDay()),
                b -> LocalDateTime.of(LocalDate.ofEpochDay(b.getLong()), LocalTime.ofNanoOfDay(b.getLong())));
        scalar(LocalDate.class, (out, v) -> out.writeInteger(v.toEpochDay()), in -> LocalDate.ofEpochDay(readLong(in)));
        scalar(
                LocalTime.class,
                (out, v) -> out.writeInteger(v.toNanoOfDay()),
                in -> LocalTime.ofNanoOfDay(readLong(in)));
        text(OffsetDateTime.class, OffsetDateTime::parse);
        text(OffsetTime.class, OffsetTime::parse);
        text(ZonedDateTime.class, ZonedDateTime::parse);
        text(ZoneOffset.class, ZoneOffset::of);
        text(ZoneId.class, ZoneId::of);
        text(Period.class, Period::parse);
        text(Year.class, Year::parse);
        text(YearMonth.class, YearMonth::parse);
        text(MonthDay.class, MonthDay::parse);
        text(URI.class, URI::create);
        scalar(Void.class, (out, v) -> out.writeNull(), in -> {
            throw new MalformedException("a value where none is expected");
        });
        NODES.put(void.class, NODES.get(Void.class));
    }

    private Scalars() {}

    static @Nullable Node of(Class<?> type) {
        return NODES.get(type);
    }

    private static <T> void scalar(Class<T> type, BiConsumer<CborWriter, T> writer, Function<CborReader, T> reader) {
        NODES.put(type, new ScalarNode<>(type, writer, reader, null));
    }

    private static <T> void primitive(
            Class<?> bare, Class<T> box, BiConsumer<CborWriter, T> writer, Function<CborReader, T> reader, T zero) {
        var node = new ScalarNode<>(box, writer, reader, null);
        NODES.put(box, node);
        NODES.put(bare, node.withZero(zero));
    }

    private static <T> void text(Class<T> type, Function<String, T> parse) {
        scalar(type, (out, v) -> out.writeString(v.toString()), in -> parse.apply(readString(in)));
    }

    private static <T> void fixed(Class<T> type, Function<T, ByteBuffer> layout, Function<ByteBuffer, T> parse) {
        scalar(type, (out, v) -> out.writeBytes(layout.apply(v).array()), in -> {
            ByteBuffer bytes = ByteBuffer.wrap(readBytes(in));
            try {
                T value = parse.apply(bytes);
                if (!bytes.hasRemaining()) {
                    return value;
                }
            } catch (BufferUnderflowException e) {
                // too short: told below, like too long
            }
            throw new MalformedException(bytes.capacity() + " bytes do not make a " + type.getSimpleName());
        });
    }

    private static ByteBuffer twoLongs(long first, long second) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(first).putLong(second);
    }

    private static ByteBuffer secondsAndNanos(long seconds, int nanos) {
        return ByteBuffer.allocate(SECONDS_AND_NANOS).putLong(seconds).putInt(nanos);
    }

    private static ByteBuffer bytesOf(BigDecimal value) {
        byte[] unscaled = value.unscaledValue().toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + unscaled.length)
                .putInt(value.scale())
                .put(unscaled);
    }

    private static BigDecimal decimalOf(ByteBuffer bytes) {
        int scale = bytes.getInt();
        byte[] unscaled = new byte[bytes.remaining()];
        bytes.get(unscaled);
        return new BigDecimal(new BigInteger(unscaled), scale);
    }

    private static boolean readBoolean(CborReader in) {
        JsonToken token = in.token();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw new MalformedException("expected a boolean but found " + token);
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private static int readInt(CborReader in, int min, int max) {
        Node.expect(in, JsonToken.VALUE_NUMBER_INT, "an integer");
        long value = in.integer();
        if (value < min || value > max) {
            throw new MalformedException("%d is not within %d to %d".formatted(value, min, max));
        }
        return (int) value;
    }

    private static long readLong(CborReader in) {
        Node.expect(in, JsonToken.VALUE_NUMBER_INT, "an integer");
        return in.integer();
    }

    private static double readDouble(CborReader in) {
        if (in.token() != JsonToken.VALUE_NUMBER_INT) { // an int component may become a double
            Node.expect(in, JsonToken.VALUE_NUMBER_FLOAT, "a number");
        }
        return in.real();
    }

    private static String readString(CborReader in) {
        Node.expect(in, JsonToken.VALUE_STRING, "a string");
        return in.string();
    }

    private static byte[] readBytes(CborReader in) {
        Node.expect(in, JsonToken.VALUE_EMBEDDED_OBJECT, "bytes");
        return in.bytes();
    }
}
