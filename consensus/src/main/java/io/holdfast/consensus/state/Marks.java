package io.holdfast.consensus.state;

import java.util.Arrays;

/** Numbers of the whole group that only grow. Kept as rows, so that undo, capture and hash include them. */
enum Marks {
    LEVEL(1),
    TOKEN(2),
    RESOURCE(3),
    EVENT(4);

    private final byte[] key;

    Marks(int key) {
        this.key = new byte[] {(byte) key};
    }

    boolean isAt(byte[] other) {
        return Arrays.equals(key, other);
    }

    long read(StateStore store) {
        byte[] value = store.get(Tables.MARKS, key);
        return value == null ? 0 : new ByteReader(value).fixed64();
    }

    /** The group's feature level. */
    static int level(StateStore store) {
        return (int) Math.max(1, LEVEL.read(store));
    }

    void write(StateStore store, long value) {
        store.put(Tables.MARKS, key, Tables.key(value));
    }

    long next(StateStore store) {
        long value = read(store) + 1;
        write(store, value);
        return value;
    }
}
