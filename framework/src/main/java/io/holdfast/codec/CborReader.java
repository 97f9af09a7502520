package io.holdfast.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one message from bytes that nobody vouches for. It knows the subset of RFC 8949 that {@link CborWriter} writes:
 * no indefinite length, no tag, no half float. A claimed length or size is checked against the bytes that are left
 * before anything is allocated for it. One thread, one message.
 */
final class CborReader {
    static final int END = -1;
    static final int UNKNOWN = -2;
    private static final int USUAL_DEPTH = 8;
    private final byte[] bytes;
    private final CodecLimits limits;
    private int position;
    private Token token = Token.NULL;
    private int tokens;
    private long integer;
    private double real;
    private int start; // of the string or bytes that the reader stands on
    private int length;
    private long[] left = new long[USUAL_DEPTH]; // items to come, by depth; a map entry is two
    private boolean[] map = new boolean[USUAL_DEPTH];
    private int depth;

    CborReader(byte[] bytes, CodecLimits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    Token token() {
        return token;
    }

    boolean atEnd() {
        return position == bytes.length;
    }

    Token next() {
        if (depth > 0) {
            if (left[depth] == 0) {
                return token = map[depth--] ? Token.END_MAP : Token.END_ARRAY;
            }
            left[depth]--;
        }
        return token = item();
    }

    /**
     * Reads the next name of a map, or its end.
     *
     * @param names the known names as {@link CborWriter#encodedText} makes them: no one is a prefix of another
     * @param expected where to look first: writers keep the order of the components
     * @return an index into {@code names}, {@link #END} or {@link #UNKNOWN}
     */
    int nextName(byte[][] names, int expected) {
        if (left[depth] == 0) {
            next();
            return END;
        }
        for (int i = 0; i < names.length; i++) {
            int at = expected + i < names.length ? expected + i : expected + i - names.length;
            byte[] name = names[at];
            int end = position + name.length;
            if (end <= bytes.length && Arrays.equals(bytes, position, end, name, 0, name.length)) {
                charge(1);
                left[depth]--;
                position = end;
                token = Token.NAME;
                return at;
            }
        }
        if (next() != Token.STRING) {
            throw new MalformedException("expected a component's name but found " + token);
        }
        return UNKNOWN;
    }

    /** Passes over the value that the reader stands on; the depth and token limits hold inside it too. */
    void skip() {
        if (token == Token.START_ARRAY || token == Token.START_MAP) {
            int inside = depth;
            while (depth >= inside) {
                next();
            }
        }
    }

    String string() {
        return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    long integer() {
        return integer;
    }

    double real() {
        return token == Token.INTEGER ? integer : real;
    }

    private Token item() {
        charge(1);
        need(1);
        int first = bytes[position++] & 0xff;
        int major = first >> 5;
        int info = first & 0x1f;
        if (major == Cbor.SIMPLE) {
            return simple(info);
        }
        long argument = argument(info);
        switch (major) {
            case Cbor.UNSIGNED -> {
                integer = argument;
                return Token.INTEGER;
            }
            case Cbor.NEGATIVE -> {
                integer = ~argument;
                return Token.INTEGER;
            }
            case Cbor.BYTES -> {
                return span(argument, Token.BYTES);
            }
            case Cbor.TEXT -> {
                return span(argument, Token.STRING);
            }
            case Cbor.ARRAY -> {
                return open(argument, false);
            }
            case Cbor.MAP -> {
                return open(argument, true);
            }
            default -> throw new MalformedException("tags are not part of this format");
        }
    }

    private long argument(int info) {
        if (info < Cbor.IN_PLACE) {
            return info;
        }
        if (info > Cbor.EIGHT_BYTES) {
            throw new MalformedException("indefinite lengths are not part of this format");
        }
        int width = 1 << (info - Cbor.ONE_BYTE);
        need(width);
        int at = position;
        position += width;
        long argument = switch (info) {
            case Cbor.ONE_BYTE -> bytes[at] & 0xffL;
            case Cbor.TWO_BYTES -> (short) Cbor.SHORTS.get(bytes, at) & 0xffffL;
            case Cbor.FOUR_BYTES -> (int) Cbor.INTS.get(bytes, at) & 0xffffffffL;
            default -> (long) Cbor.LONGS.get(bytes, at);
        };
        if (argument < 0) {
            throw new MalformedException("a number does not fit 64 bits with a sign");
        }
        return argument;
    }

    private Token simple(int info) {
        switch (info) {
            case Cbor.FALSE -> {
                return Token.FALSE;
            }
            case Cbor.TRUE -> {
                return Token.TRUE;
            }
            case Cbor.NULL -> {
                return Token.NULL;
            }
            case Cbor.FOUR_BYTES -> {
                need(Integer.BYTES);
                real = Float.intBitsToFloat((int) Cbor.INTS.get(bytes, position));
                position += Integer.BYTES;
                return Token.FLOAT;
            }
            case Cbor.EIGHT_BYTES -> {
                need(Long.BYTES);
                real = Double.longBitsToDouble((long) Cbor.LONGS.get(bytes, position));
                position += Long.BYTES;
                return Token.FLOAT;
            }
            default -> throw new MalformedException("simple value %d is not part of this format".formatted(info));
        }
    }

    private Token span(long claimed, Token kind) {
        fits(claimed);
        start = position;
        length = (int) claimed;
        position += length;
        return kind;
    }

    private Token open(long items, boolean isMap) {
        fits(items); // every item takes a byte
        if (++depth > limits.maxDepth()) {
            throw new MalformedException("the depth exceeds maxDepth (%d)".formatted(limits.maxDepth()));
        }
        if (depth == left.length) {
            left = Arrays.copyOf(left, 2 * depth);
            map = Arrays.copyOf(map, 2 * depth);
        }
        left[depth] = isMap ? 2 * items : items;
        map[depth] = isMap;
        return isMap ? Token.START_MAP : Token.START_ARRAY;
    }

    private void fits(long claimed) {
        if (claimed > bytes.length - position) {
            throw new MalformedException(
                    "a length of %d exceeds the %d bytes that are left".formatted(claimed, bytes.length - position));
        }
    }

    private void need(int count) {
        if (bytes.length - position < count) {
            throw new MalformedException("the message ends inside a value");
        }
    }

    /** Charges for what costs memory here but no bytes there: the absent components of a record. */
    void charge(int more) {
        tokens += more;
        if (tokens > limits.maxTokens()) {
            throw new MalformedException(
                    "the message has more than maxTokens (%d) tokens".formatted(limits.maxTokens()));
        }
    }
}
