package io.holdfast.consensus.log;

import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.core.CodecException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A log entry: commands of many callers under one time. Without commands it is a tick.
 *
 * <pre>
 * version u8 = 1, log nanos varlong, count varint, (length varint, bytes)*
 * </pre>
 *
 * @param logNanos the group's time
 * @param count how many commands
 * @param items the commands, as in a {@link Batch}
 */
record Entry(long logNanos, int count, ByteBuffer items) {
    static final byte VERSION = 1;

    static byte[] encode(long logNanos, List<Batch> batches) {
        int count = batches.stream().mapToInt(Batch::count).sum();
        int size = batches.stream().mapToInt(Batch::size).sum();
        ByteBuffer out = ByteBuffer.allocate(1 + Varints.size(logNanos) + Varints.size(count) + size);
        out.put(VERSION);
        Varints.put(out, logNanos);
        Varints.put(out, count);
        batches.forEach(batch -> out.put(batch.bytes()));
        return out.array();
    }

    /**
     * Reads an entry whole before anything of it is applied, so that a damaged one changes nothing.
     *
     * @throws NeedsUpgradeException if a newer build wrote it
     */
    static Entry decode(byte[] entry) {
        ByteBuffer in = ByteBuffer.wrap(entry);
        int version = entry.length == 0 ? 0 : Byte.toUnsignedInt(in.get());
        if (version > VERSION) {
            throw new NeedsUpgradeException(
                    "a log entry has version " + version + ", this build knows up to " + VERSION);
        }
        if (version < VERSION) {
            throw new CodecException("a log entry has no version (" + version + "), which must be 1 to " + VERSION);
        }
        long logNanos = Varints.get(in);
        int count = Varints.length(in);
        ByteBuffer items = in.slice();
        for (int i = 0; i < count; i++) {
            Varints.skip(in, Varints.length(in));
        }
        if (in.hasRemaining()) {
            throw new CodecException("a log entry has " + in.remaining() + " bytes behind its last command");
        }
        return new Entry(logNanos, count, items);
    }
}
