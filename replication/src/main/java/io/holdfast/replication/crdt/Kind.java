package io.holdfast.replication.crdt;

/** The kinds of objects; the order is the number on the wire and on disk. */
enum Kind {
    GROW_COUNTER,
    COUNTER,
    ENABLE_WINS_FLAG,
    DISABLE_WINS_FLAG,
    LAST_WRITER_REGISTER,
    MULTI_VALUE_REGISTER,
    SET,
    MAP;

    private static final Kind[] ALL = values();

    static final int COUNT = ALL.length;

    static Kind of(int number) {
        return ALL[number];
    }
}
