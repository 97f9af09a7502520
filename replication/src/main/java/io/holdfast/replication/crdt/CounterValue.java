package io.holdfast.replication.crdt;

import io.holdfast.core.NotAppliedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.List;
import java.util.Optional;

/**
 * What one store has added to a counter and taken from it, in all, since the entry it replaced: only the latest entry of a store counts.
 *
 * @param added zero or more
 * @param taken zero or more
 */
record CounterValue(long added, long taken) implements Comparable<CounterValue> {
    private static final CounterValue ZERO = new CounterValue(0, 0);
    private static final long LIMIT = 1L << 62;

    static CounterValue of(Entry entry) {
        WireReader in = new WireReader("counter", entry.value());
        return new CounterValue(in.number("added"), in.number("taken"));
    }

    /** Empty if these are not the bytes of one. */
    static Optional<CounterValue> parse(byte[] bytes) {
        try {
            WireReader in = new WireReader("counter", bytes);
            CounterValue value = new CounterValue(in.number("added"), in.number("taken"));
            in.end();
            return Optional.of(value);
        } catch (ProtocolException other) {
            return Optional.empty();
        }
    }

    boolean isWithinLimit() {
        return added <= LIMIT && taken <= LIMIT;
    }

    @Override
    public int compareTo(CounterValue other) {
        int byAdded = Long.compare(added, other.added);
        return byAdded != 0 ? byAdded : Long.compare(taken, other.taken);
    }

    byte[] bytes() {
        WireWriter out = new WireWriter();
        out.number(added);
        out.number(taken);
        return out.bytes();
    }

    /** The sum over all stores, or the nearest number that there is. */
    static long sum(List<Entry> entries) {
        long low = 0; // the sum is high * 2^62 + low: no order of the stores overflows on the way
        long high = 0;
        for (int i = 0; i < entries.size(); i++) {
            boolean latest = i + 1 == entries.size()
                    || entries.get(i + 1).dot().actor() != entries.get(i).dot().actor();
            if (latest) {
                CounterValue one = of(entries.get(i));
                low += one.added - one.taken; // each within 2^62 either way
                high += low >> 62;
                low &= LIMIT - 1;
            }
        }
        if (high >= 2) {
            return Long.MAX_VALUE;
        }
        return high < -2 ? Long.MIN_VALUE : (high << 62) + low;
    }

    static Edit add(List<Entry> entries, Path path, long amount, long actor) {
        List<Entry> own =
                entries.stream().filter(entry -> entry.dot().actor() == actor).toList();
        CounterValue last = own.isEmpty() ? ZERO : of(own.get(own.size() - 1));
        long added = last.added + Math.max(amount, 0);
        long taken = last.taken - Math.min(amount, 0);
        if (added < 0 || added > LIMIT || taken < 0 || taken > LIMIT) {
            throw new NotAppliedException(
                    "amount (" + amount + ") is too much: a node may add 2^62 to a counter in all (" + last.added
                            + " so far), and take as much from it (" + last.taken + "); count in larger units");
        }
        return Edit.replace(own, path, new CounterValue(added, taken).bytes());
    }
}
