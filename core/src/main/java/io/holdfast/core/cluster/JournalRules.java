package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import java.util.List;

/** What every {@link ReplicatedJournal} demands of its arguments, so that an append that one of them takes is taken by all. Each check throws {@link IllegalArgumentException} with the value, the rule and the remedy. */
public final class JournalRules {
    /** The most bytes of UTF-8 in a record's key. */
    public static final int MAX_KEY_BYTES = 1024;

    /** The most bytes of UTF-8 in the name of a fence or consumer, and in that of an owner. */
    public static final int MAX_NAME_BYTES = 255;

    /** The most records of an append, and of a page. */
    public static final int MAX_RECORDS = 1000;

    /** The most conditions of an append. */
    public static final int MAX_CONDITIONS = 100;

    /** What a record costs besides its key and value, in an append and in the journal. */
    public static final int RECORD_BYTES = 64;

    /** The most bytes of an append: keys and values, and {@value #RECORD_BYTES} more for each record. So large is the largest value, less a key. */
    public static final int MAX_APPEND_BYTES = 480 << 10;

    /** The most bytes of a page, except that it may have one record that is larger. */
    public static final int MAX_PAGE_BYTES = 256 << 10;

    /** The most consumers of a journal whose positions are kept. */
    public static final int MAX_CONSUMERS = 1000;

    /** The most names of fences that a journal remembers. */
    public static final int MAX_FENCES = 10_000;

    /** The most records that a call of {@link ReplicatedJournal#trim} forgets. */
    public static final int MAX_TRIM = 10_000;

    private JournalRules() {}

    /**
     * What a record costs.
     *
     * @param key its key
     * @param value its value
     * @return bytes
     */
    public static int cost(String key, byte[] value) {
        return checkKey(key) + value.length + RECORD_BYTES;
    }

    /**
     * Requires a key that a record can have.
     *
     * @param key the key; empty for none
     * @return the bytes of its UTF-8
     * @throws IllegalArgumentException if it is too long, or has half of a surrogate pair
     */
    public static int checkKey(String key) {
        return TableRules.bytes("key", key, MAX_KEY_BYTES);
    }

    /**
     * Requires the name of a fence, consumer or owner.
     *
     * @param what which of them, for the message
     * @param name the name
     * @throws IllegalArgumentException if it is empty, too long, or has half of a surrogate pair
     */
    public static void checkName(String what, String name) {
        int bytes = TableRules.bytes(what, name, MAX_NAME_BYTES);
        Check.that(bytes > 0, "a %s (0 bytes) must have 1 to %d bytes of UTF-8; give it a name", what, MAX_NAME_BYTES);
    }

    /**
     * Requires what {@link ReplicatedJournal#append} can do.
     *
     * @param entries what is appended
     * @param conditions what must hold
     * @throws IllegalArgumentException if there are too many, neither of them, or all is too large
     */
    public static void checkAppend(List<Entry> entries, List<Condition> conditions) {
        Check.that(
                entries.size() <= MAX_RECORDS,
                "an append (%d records) must have at most %d; divide it",
                entries.size(),
                MAX_RECORDS);
        Check.that(
                conditions.size() <= MAX_CONDITIONS,
                "an append (%d conditions) must have at most %d; divide it",
                conditions.size(),
                MAX_CONDITIONS);
        Check.that(
                !entries.isEmpty() || !conditions.isEmpty(),
                "an append (0 records) without conditions does nothing; ask for the status instead");
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += cost(entry.key(), entry.value());
        }
        Check.that(
                bytes <= MAX_APPEND_BYTES,
                "an append (%d bytes with %d for each record) must have at most %d; divide it",
                bytes,
                RECORD_BYTES,
                MAX_APPEND_BYTES);
    }

    /**
     * Requires what {@link ReplicatedJournal#read} can be asked.
     *
     * @param offset where to begin
     * @param maxRecords how many records
     * @param maxBytes how many bytes
     * @throws IllegalArgumentException if one is out of bounds
     */
    public static void checkRead(long offset, int maxRecords, int maxBytes) {
        Check.that(offset >= 0, "offset of a read (%d) must not be negative; 0 begins with the oldest", offset);
        Check.between("maxRecords of a read", maxRecords, 1, MAX_RECORDS);
        Check.between("maxBytes of a read", maxBytes, 1, MAX_PAGE_BYTES);
    }

    /**
     * Requires what {@link ReplicatedJournal#readKey} can be asked.
     *
     * @param key whose records
     * @param before the offset before which to read
     * @param maxRecords how many records
     * @param maxBytes how many bytes
     * @throws IllegalArgumentException if one is out of bounds
     */
    public static void checkReadKey(String key, long before, int maxRecords, int maxBytes) {
        Check.that(checkKey(key) > 0, "the key of a read must not be empty; read all instead");
        Check.that(before > 0, "before (%d) of a read of key %s must be at least 1", before, key);
        checkRead(0, maxRecords, maxBytes);
    }
}
