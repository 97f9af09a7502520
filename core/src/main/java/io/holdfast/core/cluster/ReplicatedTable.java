package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Rows that all replicas of a group agree on, each with a version, changed together under conditions: what a feature takes that must keep facts, and leaves the log to others. Rows are ordered by the
 * UTF-8 bytes of their keys. Safe for use by many threads. {@code ReplicatedTableContract} in {@code holdfast-testkit} states these rules as tests; {@link TableRules} has the bounds, and what is beyond
 * them is refused at once with an {@link IllegalArgumentException}.
 *
 * <p>Fencing is a condition: whoever may be replaced commits under the version of a row that its successor changes first.
 */
public interface ReplicatedTable {
    /**
     * A row.
     *
     * @param key its key
     * @param value its value; shared, not to be changed
     * @param version 1 when it was put first, one more with each put; begins anew after a removal
     * @param modified the revision of the commit that put it last
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(String key, byte[] value, long version, long modified) {}

    /**
     * What must hold for a row.
     *
     * @param key the row's key
     * @param version the version that it must have; 0 if it must not be there
     */
    record Condition(String key, long version) {
        /**
         * Validates the version.
         *
         * @param key as the component
         * @param version as the component
         * @throws IllegalArgumentException if it is negative
         */
        public Condition {
            Check.that(version >= 0, "version (%d) of row %s must not be negative", version, key);
        }
    }

    /**
     * What becomes of a row.
     *
     * @param key its key
     * @param value its new value, copied by nobody; empty removes it
     */
    record Change(String key, Optional<byte[]> value) {
        /**
         * Puts a row.
         *
         * @param key its key
         * @param value its value, not to be changed afterwards
         * @return the change
         */
        public static Change put(String key, byte[] value) {
            return new Change(key, Optional.of(value));
        }

        /**
         * Removes a row, if it is there.
         *
         * @param key its key
         * @return the change
         */
        public static Change remove(String key) {
            return new Change(key, Optional.empty());
        }
    }

    /**
     * What came of a commit.
     *
     * @param applied whether all conditions held, and so all changes were made; otherwise none was
     * @param revision the group's revision at which it was decided
     */
    record Committed(boolean applied, long revision) {}

    /**
     * Rows in order.
     *
     * @param rows the rows
     * @param revision the group's revision at which they were read
     * @param more whether rows with the prefix follow after the last of these
     */
    record Page(List<Row> rows, long revision, boolean more) {
        /**
         * Copies the list.
         *
         * @param rows as the component
         * @param revision as the component
         * @param more as the component
         */
        public Page {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The group that keeps the rows.
     *
     * @return its id
     */
    GroupId group();

    /**
     * Reads a row.
     *
     * @param key its key, 1 to 4,096 bytes of UTF-8
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the row, or empty if it is not there; fails with {@link io.holdfast.core.UnavailableException} if no replica can answer so freshly in time
     */
    CompletionStage<Optional<Row>> get(String key, ReadConsistency consistency, Deadline deadline);

    /**
     * Reads rows in order, all at one revision.
     *
     * @param prefix what their keys begin with
     * @param after the key after which to begin; an empty text begins with the first
     * @param limit how many at most, 1 to 1,000; a page may hold fewer when rows are large
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the rows; fails as {@link #get}
     */
    CompletionStage<Page> scan(String prefix, String after, int limit, ReadConsistency consistency, Deadline deadline);

    /**
     * Changes rows if all conditions hold: at one revision, exactly once, or not at all.
     *
     * @param conditions what must hold, at most 1,000
     * @param changes what is then changed, 1 to 1,000, each key once; at most 480 KiB with the conditions, see {@link TableRules#MAX_COMMIT_BYTES}
     * @param deadline until when the caller waits
     * @return what came of it. Fails with {@link io.holdfast.core.NotAppliedException} or {@link io.holdfast.core.OverloadedException} (surely nothing was changed), or with
     *     {@link io.holdfast.core.UnknownOutcomeException} (it may still come to pass; read, or commit something that it would contradict)
     */
    CompletionStage<Committed> commit(List<Condition> conditions, List<Change> changes, Deadline deadline);
}
