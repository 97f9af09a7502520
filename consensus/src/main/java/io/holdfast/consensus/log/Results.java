package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of commands or queries, in their order.
 *
 * <pre>
 * (0 varint: there is none | length + 1 varint, bytes)*
 * </pre>
 */
final class Results {
    private Results() {}

    /** Writes results; null where there is none. */
    static byte[] encode(List<byte @Nullable []> results) {
        int size = 0;
        for (byte[] result : results) {
            size += result == null ? 1 : Varints.size(result.length + 1L) + result.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        for (byte[] result : results) {
            Varints.put(out, result == null ? 0 : result.length + 1L);
            if (result != null) {
                out.put(result);
            }
        }
        return out.array();
    }

    /** Reads so many results and leaves the buffer behind them. */
    static List<byte @Nullable []> decode(ByteBuffer in, int count) {
        List<byte @Nullable []> results = new ArrayList<>(Math.min(count, in.remaining()));
        for (int i = 0; i < count; i++) {
            int length = lengthOf(in);
            byte[] result = null;
            if (length >= 0) {
                result = new byte[length];
                in.get(result);
            }
            results.add(result);
        }
        return results;
    }

    /** The next so many results as they stand; the buffer moves behind them. */
    static ByteBuffer slice(ByteBuffer in, int count) {
        int start = in.position();
        for (int i = 0; i < count; i++) {
            Varints.skip(in, Math.max(0, lengthOf(in)));
        }
        return in.duplicate().position(start).limit(in.position()).slice();
    }

    /** The same results without those for which there is no room. */
    static ByteBuffer fitting(ByteBuffer results, int count, int limit) {
        if (results.remaining() <= limit) {
            return results;
        }
        ByteBuffer in = results.duplicate();
        ByteBuffer out = ByteBuffer.allocate(limit);
        for (int i = 0; i < count; i++) {
            ByteBuffer next = slice(in, 1);
            boolean fits = next.remaining() + (count - i - 1) <= out.remaining();
            out.put(fits ? next : ByteBuffer.allocate(1));
        }
        return out.flip();
    }

    private static int lengthOf(ByteBuffer in) {
        long length = Varints.get(in) - 1;
        if (length > in.remaining()) {
            throw new CodecException("a result of " + length + " bytes exceeds the " + in.remaining() + " that follow");
        }
        return (int) length;
    }
}
