package io.holdfast.consensus.state;

/** The tables of the machine itself, and the keys in them. Numbers are for ever: they stand in snapshots. */
final class Tables {
    /** Single numbers: feature level, last token, last resource, events so far. */
    static final long MARKS = 0;
    /** Type and name to resource. */
    static final long NAMES = 1;
    /** Resource to type and name. */
    static final long RESOURCES = 2;
    /** Session to what is known of it. */
    static final long SESSIONS = 3;
    /** Session and sequence number to the answer. */
    static final long ANSWERS = 4;
    /** Deadline, table and key, in the order in which they are due. */
    static final long QUEUE = 5;
    /** Table and key to deadline. */
    static final long DEADLINES = 6;
    /** Session and resource that wants to know of its end. */
    static final long HOLDS = 7;
    /** Resources begin behind this. */
    static final long LAST_RESERVED = 15;

    static final byte[] NOTHING = {};

    private Tables() {}

    static byte[] key(long number) {
        byte[] key = new byte[8];
        Fixed.put(key, 0, number);
        return key;
    }

    static byte[] key(long first, long second) {
        byte[] key = new byte[16];
        Fixed.put(key, 0, first);
        Fixed.put(key, 8, second);
        return key;
    }

    static byte[] key(long number, byte[] rest) {
        return new ByteWriter(8 + rest.length).fixed64(number).raw(rest).toBytes();
    }
}
