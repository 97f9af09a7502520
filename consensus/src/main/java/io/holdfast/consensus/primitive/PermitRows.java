package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a {@link PermitType}: {@code 1, token -> grant}; {@code 2, revision -> waiting claim}; {@code 3, session, claim -> key of the grant or of the waiting claim}, an empty value if the claim
 * was given up before it came; {@code 4 -> permits, permits taken, claims that wait}. A name that nobody holds or waits for has no rows.
 */
final class PermitRows {
    static final int GRANT = 1;
    static final int WAITER = 2;
    static final int INDEX = 3;

    private static final byte[] TOTALS = {4};

    private PermitRows() {}

    /** A row of a grant or of a waiting claim. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Claimed(long session, long claim, int permits, long sinceNanos, byte[] owner) {
        byte[] encode() {
            return new ByteWriter(32 + owner.length)
                    .varlong(session)
                    .varlong(claim)
                    .varlong(permits)
                    .signed(sinceNanos)
                    .raw(owner)
                    .toBytes();
        }

        static Claimed decode(byte[] row) {
            ByteReader in = new ByteReader(row);
            return new Claimed(in.varlong(), in.varlong(), in.varint(PermitType.MAX_PERMITS), in.signed(), in.rest());
        }

        Claimed at(long nanos) {
            return new Claimed(session, claim, permits, nanos, owner);
        }

        byte[] index() {
            return PermitRows.index(session, claim);
        }
    }

    /** How many permits there are, are taken, and how many claims wait. */
    record Totals(int permits, int taken, int waiting) {
        static @Nullable Totals read(StateView state) {
            byte[] row = state.get(TOTALS);
            if (row == null) {
                return null;
            }
            ByteReader in = new ByteReader(row);
            return new Totals(
                    in.varint(PermitType.MAX_PERMITS),
                    in.varint(PermitType.MAX_PERMITS),
                    in.varint(PermitType.MAX_WAITING));
        }

        void write(StateContext state) {
            if (taken == 0 && waiting == 0) {
                state.remove(TOTALS);
            } else {
                state.put(
                        TOTALS,
                        new ByteWriter(9)
                                .varlong(permits)
                                .varlong(taken)
                                .varlong(waiting)
                                .toBytes());
            }
        }

        Totals plus(int moreTaken, int moreWaiting) {
            return new Totals(permits, taken + moreTaken, waiting + moreWaiting);
        }
    }

    static byte[] key(int kind, long number) {
        return new ByteWriter(9).u8(kind).fixed64(number).toBytes();
    }

    static byte[] index(long session, long claim) {
        return new ByteWriter(17).u8(INDEX).fixed64(session).fixed64(claim).toBytes();
    }

    static long number(byte[] key) {
        ByteReader in = new ByteReader(key);
        in.u8();
        return in.fixed64();
    }

    static byte[] row(StateView state, byte[] key) {
        byte[] row = state.get(key);
        if (row == null) {
            throw new IllegalStateException(state.name() + " has an index to a row that is not there");
        }
        return row;
    }

    static Totals totals(StateView state) {
        Totals totals = Totals.read(state);
        if (totals == null) {
            throw new IllegalStateException(state.name() + " has claims and no totals");
        }
        return totals;
    }
}
