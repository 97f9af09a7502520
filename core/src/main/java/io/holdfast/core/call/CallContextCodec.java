package io.holdfast.core.call;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.security.Principal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bytes of a {@link CallContext} on the wire, all numbers big-endian. The form delimits itself.
 *
 * <pre>
 * empty     0x00
 * otherwise version 0x01, flags u8, then the parts whose flag is set, in this order:
 *   0x01 deadline        remaining nanoseconds i64, so that clocks of two machines are never compared
 *   0x02 correlation id  length u8, ASCII
 *   0x04 trace           trace id 16 bytes, span id 8 bytes, flags u8, tracestate length u16, UTF-8
 *   0x08 baggage         count u8, then for each entry key length u16, UTF-8, value length u16, UTF-8
 *   0x10 criticality     ordinal u8
 *   0x20 retry budget    i32
 *   0x40 fencing token   i64
 *   0x80 principal       source ordinal u8, name length u16, UTF-8
 * </pre>
 *
 * <p>Stateless and safe for use by many threads.
 */
public final class CallContextCodec {
    /** No context takes more bytes than this: every part at its largest, each character in three bytes. */
    public static final int MAX_BYTES = 40 * 1024;

    private static final byte EMPTY = 0;
    private static final byte VERSION = 1;
    private static final int DEADLINE = 0x01;
    private static final int CORRELATION = 0x02;
    private static final int TRACE = 0x04;
    private static final int BAGGAGE = 0x08;
    private static final int CRITICALITY = 0x10;
    private static final int RETRIES = 0x20;
    private static final int FENCING = 0x40;
    private static final int PRINCIPAL = 0x80;

    private static final Criticality[] CRITICALITIES = Criticality.values();
    private static final Principal.Source[] SOURCES = Principal.Source.values();
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private CallContextCodec() {}

    /**
     * Writes a context.
     *
     * @param context the context
     * @param nowNanos the monotonic clock's reading now
     * @param out where to; {@link #MAX_BYTES} of room are always enough
     * @throws java.nio.BufferOverflowException if there is too little room
     */
    public static void encode(CallContext context, long nowNanos, ByteBuffer out) {
        int flags = flags(context);
        if (flags == 0) {
            out.put(EMPTY);
            return;
        }
        out.put(VERSION).put((byte) flags);
        if ((flags & DEADLINE) != 0) {
            out.putLong(Math.max(0, context.deadline().remainingNanos(nowNanos)));
        }
        if ((flags & CORRELATION) != 0) {
            byte[] id = context.correlationId().getBytes(StandardCharsets.US_ASCII);
            out.put((byte) id.length).put(id);
        }
        context.trace().ifPresent(trace -> putTrace(trace, out));
        if ((flags & BAGGAGE) != 0) {
            out.put((byte) context.baggage().size());
            context.baggage().forEach((key, value) -> {
                putText(key, out);
                putText(value, out);
            });
        }
        if ((flags & CRITICALITY) != 0) {
            out.put((byte) context.criticality().ordinal());
        }
        if ((flags & RETRIES) != 0) {
            out.putInt(context.retryBudget());
        }
        context.fencingToken().ifPresent(out::putLong);
        context.principal().ifPresent(principal -> {
            out.put((byte) principal.source().ordinal());
            putText(principal.name(), out);
        });
    }

    private static int flags(CallContext context) {
        return (context.deadline().isNone() ? 0 : DEADLINE)
                | (context.correlationId().isEmpty() ? 0 : CORRELATION)
                | (context.trace().isEmpty() ? 0 : TRACE)
                | (context.baggage().isEmpty() ? 0 : BAGGAGE)
                | (context.criticality() == CallContext.EMPTY.criticality() ? 0 : CRITICALITY)
                | (context.retryBudget() == CallContext.UNLIMITED_RETRIES ? 0 : RETRIES)
                | (context.fencingToken().isEmpty() ? 0 : FENCING)
                | (context.principal().isEmpty() ? 0 : PRINCIPAL);
    }

    /**
     * Reads a context, and moves the position behind it.
     *
     * @param in the bytes; what follows the context is not touched
     * @param nowNanos the monotonic clock's reading when the bytes arrived: the deadline counts from there
     * @return the context
     * @throws ProtocolException if the bytes are no context of a known version or break a bound of {@link CallContext}
     */
    public static CallContext decode(ByteBuffer in, long nowNanos) {
        try {
            byte version = in.get();
            if (version == EMPTY) {
                return CallContext.EMPTY;
            }
            Check.that(
                    version == VERSION,
                    "version (%d) must be %d or %d; upgrade the older node",
                    version,
                    EMPTY,
                    VERSION);
            return decodeParts(in, nowNanos);
        } catch (BufferUnderflowException e) {
            throw new ProtocolException("a call context was cut short; the sender breaks the protocol", e);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("a call context was refused: " + e.getMessage(), e);
        }
    }

    private static CallContext decodeParts(ByteBuffer in, long nowNanos) {
        int flags = in.get() & 0xFF;
        CallContext context = CallContext.EMPTY;
        if ((flags & DEADLINE) != 0) {
            context = context.withDeadline(deadline(in.getLong(), nowNanos));
        }
        if ((flags & CORRELATION) != 0) {
            context = context.withCorrelationId(ascii(in, in.get() & 0xFF));
        }
        if ((flags & TRACE) != 0) {
            context = context.withTrace(
                    new TraceContext(hex(in, 16), hex(in, 8), in.get() & 0xFF, text(in, in.getShort() & 0xFFFF)));
        }
        if ((flags & BAGGAGE) != 0) {
            context = context.withBaggage(baggage(in));
        }
        if ((flags & CRITICALITY) != 0) {
            context = context.withCriticality(CRITICALITIES[ordinal("criticality", in.get(), CRITICALITIES.length)]);
        }
        if ((flags & RETRIES) != 0) {
            context = context.withRetryBudget(in.getInt());
        }
        if ((flags & FENCING) != 0) {
            context = context.withFencingToken(in.getLong());
        }
        if ((flags & PRINCIPAL) != 0) {
            Principal.Source source = SOURCES[ordinal("principal source", in.get(), SOURCES.length)];
            context = context.withPrincipal(new Principal(text(in, in.getShort() & 0xFFFF), source));
        }
        return context;
    }

    private static Deadline deadline(long remaining, long nowNanos) {
        Check.that(remaining >= 0, "remaining time (%d ns) must not be negative", remaining);
        // a deadline of centuries must not wrap around into the past
        return remaining >= Long.MAX_VALUE / 2 ? Deadline.NONE : new Deadline(nowNanos + remaining);
    }

    private static Map<String, String> baggage(ByteBuffer in) {
        int count = in.get() & 0xFF;
        Check.that(
                count <= CallContext.MAX_BAGGAGE_ENTRIES,
                "baggage (%d entries) must have at most %d",
                count,
                CallContext.MAX_BAGGAGE_ENTRIES);
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = text(in, in.getShort() & 0xFFFF);
            entries.put(key, text(in, in.getShort() & 0xFFFF));
        }
        return entries;
    }

    private static int ordinal(String name, byte value, int count) {
        return (int) Check.between(name, value, 0, count - 1L);
    }

    private static void putTrace(TraceContext trace, ByteBuffer out) {
        putHex(trace.traceId(), out);
        putHex(trace.spanId(), out);
        out.put((byte) trace.flags());
        putText(trace.state(), out);
    }

    private static void putText(String text, ByteBuffer out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static String text(ByteBuffer in, int length) {
        return new String(bytes(in, length), StandardCharsets.UTF_8);
    }

    private static String ascii(ByteBuffer in, int length) {
        return new String(bytes(in, length), StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException(); // before the array is made: the length is the sender's claim
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void putHex(String digits, ByteBuffer out) {
        for (int i = 0; i < digits.length(); i += 2) {
            out.put((byte) (Character.digit(digits.charAt(i), 16) << 4 | Character.digit(digits.charAt(i + 1), 16)));
        }
    }

    private static String hex(ByteBuffer in, int bytes) {
        char[] digits = new char[bytes * 2];
        for (int i = 0; i < digits.length; i += 2) {
            byte b = in.get();
            digits[i] = HEX[(b >> 4) & 0xF];
            digits[i + 1] = HEX[b & 0xF];
        }
        return new String(digits);
    }
}
