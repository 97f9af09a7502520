package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What every {@link ReplicatedTable} demands of its arguments, so that a commit that one of them takes is taken by all. Each check throws {@link IllegalArgumentException} with the value, the rule and the remedy. */
public final class TableRules {
    /** The most bytes of UTF-8 in a key. */
    public static final int MAX_KEY_BYTES = 4096;

    /** The most conditions of a commit, and the most changes. */
    public static final int MAX_PARTS = 1000;

    /** The most rows of a page. */
    public static final int MAX_PAGE = 1000;

    /** The most bytes of a commit: its keys and values, and {@value #PART_BYTES} more for each condition and each change; a removal counts twice. So large is the largest value, less a key. */
    public static final int MAX_COMMIT_BYTES = 480 << 10;

    /** What a condition or a change costs besides its key and value. */
    public static final int PART_BYTES = 80;

    /** The order of rows: that of the UTF-8 bytes of their keys, which is that of code points, and not that of {@link String#compareTo}. */
    public static final Comparator<String> ORDER = TableRules::compare;

    private TableRules() {}

    /**
     * Requires a key that a row can have.
     *
     * @param key the key
     * @return the bytes of its UTF-8
     * @throws IllegalArgumentException if it is empty, too long, or has half of a surrogate pair, which has no bytes of its own
     */
    public static int checkKey(String key) {
        int bytes = bytes("key", key, MAX_KEY_BYTES);
        Check.that(bytes > 0, "a key (0 bytes) must have 1 to %d bytes of UTF-8; name the row", MAX_KEY_BYTES);
        return bytes;
    }

    /**
     * Requires what {@link ReplicatedTable#scan} can be asked.
     *
     * @param prefix what the keys begin with
     * @param after the key after which to begin, or empty
     * @param limit how many rows
     * @throws IllegalArgumentException if a text is too long or malformed, or the limit is out of bounds
     */
    public static void checkScan(String prefix, String after, int limit) {
        bytes("prefix", prefix, MAX_KEY_BYTES);
        bytes("key to begin after", after, MAX_KEY_BYTES);
        Check.between("limit of a scan", limit, 1, MAX_PAGE);
    }

    /**
     * Requires what {@link ReplicatedTable#commit} can do.
     *
     * @param conditions what must hold
     * @param changes what is then changed
     * @throws IllegalArgumentException if there are too many, no change, a key is changed twice, or all is too large
     */
    public static void checkCommit(List<Condition> conditions, List<Change> changes) {
        Check.that(
                conditions.size() <= MAX_PARTS,
                "a commit (%d conditions) must have at most %d; divide it",
                conditions.size(),
                MAX_PARTS);
        Check.that(
                !changes.isEmpty() && changes.size() <= MAX_PARTS,
                "a commit (%d changes) must have 1 to %d; read instead, or divide it",
                changes.size(),
                MAX_PARTS);
        long bytes = (long) PART_BYTES * (conditions.size() + changes.size());
        for (Condition condition : conditions) {
            bytes += checkKey(condition.key());
        }
        Set<String> keys = new HashSet<>(2 * changes.size());
        for (Change change : changes) {
            int key = checkKey(change.key());
            bytes += key + change.value().map(value -> value.length).orElse(key + PART_BYTES);
            if (!keys.add(change.key())) {
                throw new IllegalArgumentException(
                        "a commit must change each key once, and changes " + change.key() + " twice; join its changes");
            }
        }
        Check.that(
                bytes <= MAX_COMMIT_BYTES,
                "a commit (%d bytes with %d for each condition and change) must have at most %d; divide it",
                bytes,
                PART_BYTES,
                MAX_COMMIT_BYTES);
    }

    /** Requires well-formed text of so many bytes at most. */
    static int bytes(String what, String text, int max) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new IllegalArgumentException(
                        "a " + what + " must be well-formed text, and has half of a surrogate" + " pair at character "
                                + i + "; encode what is not text, as Base64 for instance");
            }
        }
        Check.that(bytes <= max, "a %s (%d bytes of UTF-8) must have at most %d; shorten it", what, bytes, max);
        return bytes;
    }

    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return turned(x) - turned(y);
            }
        }
        return a.length() - b.length();
    }

    /** Surrogates stand for code points behind all others; among UTF-16 units they stand before {@code U+E000}. */
    private static int turned(char unit) {
        if (unit < Character.MIN_SURROGATE) {
            return unit;
        }
        return unit > Character.MAX_SURROGATE ? unit - 0x800 : unit + 0x2000;
    }
}
