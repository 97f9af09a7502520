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

    static Stamped of(Entry entry) {
        WireReader in = new WireReader("register", entry.value());
        return new Stamped(entry, in.number("time"), in.bytes("value", MAX));
    }

    static Optional<Stamped> latest(List<Entry> entries) {
        return entries.stream().map(Stamped::of).max(ORDER);
    }

    static byte[] next(List<Entry> entries, Instant now, byte[] value) {
        long seen = latest(entries).map(Stamped::time).orElse(-1L);
        WireWriter out = new WireWriter();
        out.number(Math.max(Math.max(0, now.toEpochMilli()) << 16, seen + 1));
        out.bytes(value);
        return out.bytes();
    }
}
