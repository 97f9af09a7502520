package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateView;
import java.util.ArrayList;
import java.util.List;

/**
 * Who holds permits of a name and who waits for some, the first 100 of each.
 *
 * @param permits how many there are; 0 if nobody holds or waits
 * @param taken how many are held
 * @param waiting how many claims wait
 * @param holders who holds, the oldest first
 * @param waiters who waits, the next first
 */
public record PermitDescription(int permits, int taken, int waiting, List<Claim> holders, List<Claim> waiters) {
    private static final int MAX = 100;

    /**
     * Copies the lists.
     *
     * @param permits as the component
     * @param taken as the component
     * @param waiting as the component
     * @param holders as the component
     * @param waiters as the component
     */
    public PermitDescription {
        holders = List.copyOf(holders);
        waiters = List.copyOf(waiters);
    }

    /**
     * One claim.
     *
     * @param session whose
     * @param number the fencing token of a holder, the place in the queue of one who waits
     * @param permits how many
     * @param ageNanos for how long it has held or waited, in the group's time
     * @param owner what the claim says of its owner
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Claim(long session, long number, int permits, long ageNanos, byte[] owner) {}

    static PermitDescription of(StateView state, int limit) {
        PermitRows.Totals totals = PermitRows.Totals.read(state);
        return new PermitDescription(
                totals == null ? 0 : totals.permits(),
                totals == null ? 0 : totals.taken(),
                totals == null ? 0 : totals.waiting(),
                list(state, PermitRows.GRANT, limit),
                list(state, PermitRows.WAITER, limit));
    }

    private static List<Claim> list(StateView state, int kind, int limit) {
        List<Claim> found = new ArrayList<>();
        state.scan(PermitRows.key(kind, 0), PermitRows.key(kind + 1, 0), row -> {
            PermitRows.Claimed claimed = PermitRows.Claimed.decode(row.value());
            found.add(new Claim(
                    claimed.session(),
                    PermitRows.number(row.key()),
                    claimed.permits(),
                    Math.max(0, state.logNanos() - claimed.sinceNanos()),
                    claimed.owner()));
            return found.size() < limit;
        });
        return found;
    }

    void encode(ByteWriter out) {
        out.varlong(permits).varlong(taken).varlong(waiting);
        encode(out, holders);
        encode(out, waiters);
    }

    private static void encode(ByteWriter out, List<Claim> claims) {
        out.varlong(claims.size());
        for (Claim claim : claims) {
            out.varlong(claim.session)
                    .varlong(claim.number)
                    .varlong(claim.permits)
                    .varlong(claim.ageNanos)
                    .bytes(claim.owner);
        }
    }

    /**
     * Reads an answer.
     *
     * @param bytes the payload
     * @return the description
     * @throws io.holdfast.core.CodecException if it is none
     */
    public static PermitDescription decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        PermitDescription description = new PermitDescription(
                in.varint(PermitType.MAX_PERMITS),
                in.varint(PermitType.MAX_PERMITS),
                in.varint(PermitType.MAX_WAITING),
                claims(in),
                claims(in));
        in.end();
        return description;
    }

    private static List<Claim> claims(ByteReader in) {
        List<Claim> claims = new ArrayList<>();
        for (int left = in.varint(MAX); left > 0; left--) {
            claims.add(new Claim(
                    in.varlong(),
                    in.varlong(),
                    in.varint(PermitType.MAX_PERMITS),
                    in.varlong(),
                    in.bytes(PermitType.MAX_OWNER)));
        }
        return claims;
    }
}
