package io.holdfast.consensus.state;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The rows of one resource, for reading: byte keys in unsigned order, byte values. Arrays that come out belong to the state and must not be changed. */
public interface StateView {
    /**
     * The resource's name.
     *
     * @return the name
     */
    String name();

    /**
     * The command that is applied, or was last.
     *
     * @return its index, which users see as the revision
     */
    long revision();

    /**
     * The group's time.
     *
     * @return nanoseconds since an arbitrary instant; never goes back
     */
    long logNanos();

    /**
     * A row's value.
     *
     * @param key its key
     * @return the value, or null
     */
    byte @Nullable [] get(byte[] key);

    /**
     * How many rows there are.
     *
     * @return the number
     */
    int size();

    /**
     * The first row at or behind a key.
     *
     * @param key the key; empty for the first of all
     * @return the row, or null
     */
    @Nullable Row ceiling(byte[] key);

    /**
     * The last row of all.
     *
     * @return the row, or null
     */
    @Nullable Row last();

    /**
     * Goes through rows in order of their keys. The visitor must not change this resource.
     *
     * @param from the first key
     * @param to the key before which to end, or null
     * @param visitor returns whether to go on
     */
    void scan(byte[] from, byte @Nullable [] to, Predicate<Row> visitor);

    /**
     * Whether a session lives.
     *
     * @param session the session
     * @return true until it was closed or expired
     */
    boolean isAlive(long session);

    /**
     * Another resource of the same type in the same group.
     *
     * @param name its name
     * @return its rows
     */
    StateView sibling(String name);

    /**
     * A row.
     *
     * @param key its key
     * @param value its value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(byte[] key, byte[] value) {}
}
