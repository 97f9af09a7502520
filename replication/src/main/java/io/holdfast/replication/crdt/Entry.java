package io.holdfast.replication.crdt;

import java.util.Arrays;
import java.util.Optional;

/**
 * What one write left, for as long as nobody has overwritten or removed it.
 *
 * @param dot the write
 * @param path where it lies
 * @param value what it says, by the kind of the object; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look at the content
record Entry(Dot dot, Path path, byte[] value) {
    private static final int OVERHEAD = 24;

    /** About its size in a message. */
    int size() {
        return OVERHEAD + path.length() + value.length;
    }

    /**
     * Which of two entries with one dot stands. There are two only if a disk went back in time and its dots were used twice; then all replicas must take the same one. What reads as a counter is compared by what it has counted, for its
     * bytes are in no order; whether it is one does not matter, for any order will do for the others.
     */
    boolean beats(Entry other) {
        int byPath = path.compareTo(other.path);
        if (byPath != 0 || Arrays.equals(value, other.value)) {
            return byPath > 0;
        }
        Optional<CounterValue> mine = CounterValue.parse(value);
        Optional<CounterValue> its = CounterValue.parse(other.value);
        if (mine.isPresent() != its.isPresent()) {
            return mine.isPresent();
        }
        int byCount = mine.isPresent() ? mine.get().compareTo(its.orElseThrow()) : 0;
        return byCount != 0 ? byCount > 0 : Arrays.compareUnsigned(value, other.value) > 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry entry
                && dot.equals(entry.dot)
                && path.equals(entry.path)
                && Arrays.equals(value, entry.value);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * dot.hashCode() + path.hashCode()) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return dot + "@" + path + "=" + Arrays.toString(value);
    }
}
