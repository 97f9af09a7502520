package io.holdfast.replication.crdt;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A register's value with its hybrid time (Kulkarni et al. 2014): milliseconds of the wall clock and 16 bits that count, later than all that the writer had seen.
 *
 * @param entry the entry it was read from
 * @param time never negative
 * @param value the value's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Stamped(Entry entry, long time, byte[] value) {
    private static final Comparator<Stamped> ORDER = Comparator.comparingLong(Stamped::time)
            .thenComparing(stamped -> stamped.entry().dot());
    private static final int MAX = 1 << 30;
    /** The last time, in the year 4199. Beyond it there is no next one. */
    private static final long MAX_TIME = 1L << 62;

    static Stamped of(Entry entry) {
        WireReader in = new WireReader("register", entry.value());
        return new Stamped(entry, in.number("time"), in.bytes("value", MAX));
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if these are not the bytes of one. */
    static void check(byte[] value) {
        WireReader in = new WireReader("register", value);
        if (in.number("time") > MAX_TIME) {
            throw in.broken("time must be at most 2^62");
        }
        in.bytes("value", MAX);
        in.end();
    }

    static Optional<Stamped> latest(List<Entry> entries) {
        return entries.stream().map(Stamped::of).max(ORDER);
    }

    static byte[] next(List<Entry> entries, Instant now, byte[] value) {
        long seen = latest(entries).map(Stamped::time).orElse(-1L);
        WireWriter out = new WireWriter();
        long clock = Math.min(Math.max(0, now.toEpochMilli()), MAX_TIME >> 16) << 16;
        out.number(Math.min(Math.max(clock, seen + 1), MAX_TIME)); // at the last time the dots decide
        out.bytes(value);
        return out.bytes();
    }
}
