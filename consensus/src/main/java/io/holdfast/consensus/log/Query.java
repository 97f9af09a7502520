package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.ReadConsistency;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A query and how fresh its answer must be.
 *
 * <pre>
 * level u8: 0 linearizable | 1 at least, revision varlong | 2 bounded, nanoseconds varlong | 3 local, then the query
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
record Query(ReadConsistency consistency, byte[] bytes) {
    /** What the level takes at most. */
    static final int OVERHEAD = 10;

    byte[] encode() {
        int level = 3;
        long bound = -1;
        if (consistency instanceof ReadConsistency.Linearizable) {
            level = 0;
        } else if (consistency instanceof ReadConsistency.AtLeast least) {
            level = 1;
            bound = least.revision();
        } else if (consistency instanceof ReadConsistency.Bounded bounded) {
            level = 2;
            bound = nanos(bounded.staleness());
        }
        ByteBuffer out = ByteBuffer.allocate(1 + (bound < 0 ? 0 : Varints.size(bound)) + bytes.length);
        out.put((byte) level);
        if (bound >= 0) {
            Varints.put(out, bound);
        }
        return out.put(bytes).array();
    }

    /** A staleness of centuries is as good as the longest that fits. */
    private static long nanos(Duration staleness) {
        return staleness.getSeconds() > Integer.MAX_VALUE ? Long.MAX_VALUE : staleness.toNanos();
    }

    static Query decode(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw new CodecException("a query must begin with its consistency");
        }
        int level = in.get();
        ReadConsistency consistency = switch (level) {
            case 0 -> ReadConsistency.LINEARIZABLE;
            case 1 -> ReadConsistency.atLeast(Varints.get(in));
            case 2 -> ReadConsistency.bounded(Duration.ofNanos(Math.max(1, Varints.get(in))));
            case 3 -> ReadConsistency.LOCAL;
            default -> throw new CodecException("a query's consistency (" + level + ") must be 0 to 3");
        };
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return new Query(consistency, bytes);
    }
}
