package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateLimits;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of a key for a change to be made.
 *
 * @param kind what is compared
 * @param number the version or revision, otherwise 0
 * @param value the value, otherwise empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MapCondition(Kind kind, long number, byte[] value) {
    /** What is compared. The order is that of the numbers on the wire. */
    public enum Kind {
        /** Nothing: it always holds. */
        ALWAYS,
        /** There is no such key. */
        ABSENT,
        /** There is such a key. */
        PRESENT,
        /** The key's version. */
        VERSION,
        /** The revision that wrote it last. */
        REVISION,
        /** The bytes of its value. */
        VALUE
    }

    /** Always holds. */
    public static final MapCondition ALWAYS = new MapCondition(Kind.ALWAYS, 0, new byte[0]);

    /** There is no such key. */
    public static final MapCondition ABSENT = new MapCondition(Kind.ABSENT, 0, new byte[0]);

    /** There is such a key. */
    public static final MapCondition PRESENT = new MapCondition(Kind.PRESENT, 0, new byte[0]);

    private static final Kind[] KINDS = Kind.values();

    /**
     * The key has this version.
     *
     * @param version the version
     * @return the condition
     */
    public static MapCondition version(long version) {
        return new MapCondition(Kind.VERSION, version, new byte[0]);
    }

    /**
     * The key was written last by this revision.
     *
     * @param revision the revision
     * @return the condition
     */
    public static MapCondition revision(long revision) {
        return new MapCondition(Kind.REVISION, revision, new byte[0]);
    }

    /**
     * The key has this value.
     *
     * @param value the value's bytes
     * @return the condition
     */
    public static MapCondition value(byte[] value) {
        return new MapCondition(Kind.VALUE, 0, value);
    }

    boolean holds(@Nullable MapEntry entry) {
        return switch (kind) {
            case ALWAYS -> true;
            case ABSENT -> entry == null;
            case PRESENT -> entry != null;
            case VERSION -> entry != null && entry.version() == number;
            case REVISION -> entry != null && entry.modified() == number;
            case VALUE -> entry != null && Arrays.equals(entry.value(), value);
        };
    }

    void encode(ByteWriter out) {
        out.u8(kind.ordinal()).varlong(number).bytes(value);
    }

    static MapCondition decode(ByteReader in) {
        return new MapCondition(
                KINDS[in.varint(KINDS.length - 1)], in.varlong(Long.MAX_VALUE), in.bytes(StateLimits.MAX_ANSWER));
    }
}
