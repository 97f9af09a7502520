package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.consistency.Linearizable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Records in one order that all replicas of a group agree on, each with an offset, and how far its consumers are: one partition of an event log, and what a saga or an aggregate writes its history to.
 * Safe for use by many threads. {@code ReplicatedJournalContract} in {@code holdfast-testkit} states these rules as tests; {@link JournalRules} has the bounds, and what is beyond them is refused at once
 * with an {@link IllegalArgumentException}. How much is kept, and what happens at that bound, is {@link JournalSettings}, by default {@link JournalSettings#keepAll}.
 *
 * <p><b>Offsets</b> begin with 1 and grow with each record, whatever is forgotten: none is given twice. Those of one append follow one another without a gap; between appends there may be gaps, where records
 * were compacted away or the group began anew from a backup. 0 stands for "none": no record, no position.
 *
 * <p><b>Fencing</b>: whoever may be replaced gives {@link Condition.Fence} with every append, and the epoch under which it works. A successor raises the fence first, with an append that has no entries if it
 * has nothing to say yet, and reads then: from then on nothing of its predecessor is appended, also not what is still under way.
 *
 * <p><b>Failures</b> of what changes something: {@link io.holdfast.core.NotAppliedException} or {@link io.holdfast.core.OverloadedException} (surely nothing was changed), or
 * {@link io.holdfast.core.UnknownOutcomeException} (it may still come to pass; read, or append under a condition that it would contradict). Reads fail with
 * {@link io.holdfast.core.UnavailableException} if no replica can answer so freshly in time. A call is done once, however often it had to be sent.
 */
public interface ReplicatedJournal extends Linearizable {
    /**
     * What becomes a record.
     *
     * @param key what it belongs to; empty for nothing
     * @param value its value, copied by nobody and not to be changed afterwards; may be empty
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(String key, byte[] value) {}

    /**
     * A record.
     *
     * @param offset its offset
     * @param timeNanos when it was appended, by the group's time: nanoseconds since an arbitrary instant, that never go back and stand still while nobody leads
     * @param key what it belongs to, or empty
     * @param value its value; shared, not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Recorded(long offset, long timeNanos, String key, byte[] value) {}

    /** What must hold for an append, when it is its turn. */
    sealed interface Condition {
        /**
         * Nobody has come with a larger epoch under this name. If all conditions hold, the journal remembers this epoch as the largest.
         *
         * @param name what is fenced, for instance a shard
         * @param epoch the epoch under which the caller works, 1 or more
         */
        record Fence(String name, long epoch) implements Condition {
            /**
             * Validates name and epoch.
             *
             * @param name as the component
             * @param epoch as the component
             * @throws IllegalArgumentException if one is out of bounds
             */
            public Fence {
                JournalRules.checkName("fence", name);
                Check.that(epoch > 0, "epoch (%d) of fence %s must be at least 1", epoch, name);
            }
        }

        /**
         * The newest record of a key that is kept has this offset.
         *
         * @param key the key, not empty
         * @param offset the offset; 0 if no record of the key may be there
         */
        record LastOfKey(String key, long offset) implements Condition {
            /**
             * Validates key and offset.
             *
             * @param key as the component
             * @param offset as the component
             * @throws IllegalArgumentException if one is out of bounds
             */
            public LastOfKey {
                Check.that(JournalRules.checkKey(key) > 0, "the key of a condition must not be empty; name it");
                Check.that(offset >= 0, "offset (%d) of the condition on key %s must not be negative", offset, key);
            }
        }
    }

    /** How an append ended. Unless it was {@link #APPENDED} nothing was changed. */
    enum Outcome {
        /** All records are there, and all fences are raised. */
        APPENDED,
        /** A {@link Condition.Fence} stands higher: the caller was replaced, and must stop. */
        FENCED,
        /** A {@link Condition.LastOfKey} does not hold: read the key, decide anew. */
        CONFLICT,
        /** The journal has as much as it may, and {@linkplain JournalSettings#dropsOldest keeps the oldest}; or it remembers as many fences as it can. Trim it, or give it more room. */
        FULL
    }

    /**
     * What came of an append.
     *
     * @param outcome how it ended
     * @param first the offset of the first record; the others follow. 0 if there is none
     * @param count how many records were appended
     * @param found with {@link Outcome#FENCED} the epoch at which the fence stands, with {@link Outcome#CONFLICT} the offset of the key's last record, of the first condition that did not hold; otherwise 0
     * @param revision the group's revision at which it was decided, for {@link ReadConsistency#atLeast}
     */
    record Appended(Outcome outcome, long first, int count, long found, long revision) {
        /**
         * Whether all was appended.
         *
         * @return true with {@link Outcome#APPENDED}
         */
        public boolean applied() {
            return outcome == Outcome.APPENDED;
        }

        /**
         * The offset of the last record.
         *
         * @return the offset; 0 if there is none
         */
        public long last() {
            return count == 0 ? 0 : first + count - 1;
        }
    }

    /**
     * Records in order.
     *
     * @param records the records, in the order that was asked for
     * @param next where to read on. Of {@link #read} the offset to begin with; of {@link #readKey} the offset to read before, 0 if there is no older one
     * @param oldest the offset of the oldest record that is kept; {@code end} if there is none. Who wanted an older one has lost it
     * @param end the offset that the next record will have at least
     * @param revision the group's revision at which they were read
     */
    record Page(List<Recorded> records, long next, long oldest, long end, long revision) {
        /**
         * Copies the list.
         *
         * @param records as the component
         * @param next as the component
         * @param oldest as the component
         * @param end as the component
         * @param revision as the component
         */
        public Page {
            records = List.copyOf(records);
        }
    }

    /**
     * What a journal has.
     *
     * @param oldest the offset of the oldest record that is kept; {@code end} if there is none
     * @param end the offset that the next record will have at least
     * @param records how many are kept
     * @param bytes what they cost, see {@link JournalRules#cost}
     * @param settings what it keeps
     */
    record Status(long oldest, long end, long records, long bytes, JournalSettings settings) {}

    /**
     * How far a consumer is.
     *
     * @param consumer its name
     * @param owner who works for it, as it called itself; empty if nobody does any more
     * @param epoch under which it does
     * @param next the offset of the first record that it has not dealt with; 0 before the first commit
     */
    record Position(String consumer, String owner, long epoch, long next) {}

    /**
     * The group that keeps the journal.
     *
     * @return its id
     */
    GroupId group();

    /**
     * Appends records if all conditions hold: one after the other, exactly once, or none of them.
     *
     * @param entries what is appended, 0 to 1,000; at most 480 KiB, see {@link JournalRules#MAX_APPEND_BYTES}
     * @param conditions what must hold, at most 100; at least one if there are no entries
     * @param deadline until when the caller waits
     * @return what came of it; fails as the interface says
     */
    CompletionStage<Appended> append(List<Entry> entries, List<Condition> conditions, Deadline deadline);

    /**
     * Reads records from an offset on.
     *
     * @param from the first offset of interest; one that is not kept any more, and 0, reads from the next one that is
     * @param maxRecords how many at most, 1 to 1,000
     * @param maxBytes how much they may cost, 1 to 256 KiB; a single record comes all the same
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the records, none at the end; fails as the interface says
     */
    CompletionStage<Page> read(long from, int maxRecords, int maxBytes, ReadConsistency consistency, Deadline deadline);

    /**
     * Reads the records of one key, <b>newest first</b>: whoever has a snapshot stops where that was taken.
     *
     * @param key the key, not empty
     * @param before only those with a smaller offset; {@link Long#MAX_VALUE} begins with the newest
     * @param maxRecords how many at most, 1 to 1,000
     * @param maxBytes how much they may cost, 1 to 256 KiB; a single record comes all the same
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the records; there are older ones unless {@code next} is 0; fails as the interface says
     */
    CompletionStage<Page> readKey(
            String key, long before, int maxRecords, int maxBytes, ReadConsistency consistency, Deadline deadline);

    /**
     * Waits until there are records behind an offset. Nothing is sent while nothing happens.
     *
     * @param end the end that the caller has seen, as a page or status told it
     * @param deadline until when the caller waits
     * @return a larger end, or the same at the deadline; fails with {@link io.holdfast.core.NotAppliedException} if this node's session with the group was closed, and with
     *     {@link io.holdfast.core.OverloadedException} if too many wait. Cancelling the {@linkplain CompletionStage#toCompletableFuture future} ends the wait
     */
    CompletionStage<Long> awaitBeyond(long end, Deadline deadline);

    /**
     * Asks what the journal has.
     *
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the status; fails as the interface says
     */
    CompletionStage<Status> status(ReadConsistency consistency, Deadline deadline);

    /**
     * Forgets old records, at most 10,000 in a call: call again while the answer is less than {@code before}.
     *
     * @param before the first offset that is kept; beyond the end forgets all that are there
     * @param deadline until when the caller waits
     * @return the offset of the oldest record that is kept, or the end; fails as the interface says
     */
    CompletionStage<Long> trim(long before, Deadline deadline);

    /**
     * Changes what the journal keeps. Records beyond smaller bounds go little by little, with later appends.
     *
     * @param settings what it keeps from now on
     * @param deadline until when the caller waits
     * @return completes when it is so; fails as the interface says
     */
    CompletionStage<Void> configure(JournalSettings settings, Deadline deadline);

    /**
     * Takes a consumer over, from whoever has it. The position stays where it was committed last.
     *
     * @param consumer its name
     * @param owner who the caller is, for people
     * @param deadline until when the caller waits
     * @return the position with a new epoch, larger than all before; empty if there are 1,000 other consumers, see {@link #forget}; fails as the interface says
     */
    CompletionStage<Optional<Position>> claim(String consumer, String owner, Deadline deadline);

    /**
     * Moves a consumer's position forward. One further back than it is changes nothing, one beyond the end is the end.
     *
     * @param consumer its name
     * @param epoch from {@link #claim}
     * @param next the offset of the first record that it has not dealt with
     * @param deadline until when the caller waits
     * @return whether the epoch is the present one; if not, somebody else has taken over, and nothing was changed; fails as the interface says
     */
    CompletionStage<Boolean> commit(String consumer, long epoch, long next, Deadline deadline);

    /**
     * Lets a consumer go, so that its next owner need not wait. The position stays.
     *
     * @param consumer its name
     * @param epoch from {@link #claim}
     * @param deadline until when the caller waits
     * @return whether the epoch was the present one; it is not any more: commits under it are refused; fails as the interface says
     */
    CompletionStage<Boolean> release(String consumer, long epoch, Deadline deadline);

    /**
     * The positions of all consumers, by their names.
     *
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return at most 1,000; fails as the interface says
     */
    CompletionStage<List<Position>> consumers(ReadConsistency consistency, Deadline deadline);

    /**
     * Forgets a consumer: its position is lost, and who works for it can commit no more. Its next epoch is larger all the same.
     *
     * @param consumer its name
     * @param deadline until when the caller waits
     * @return whether there was one; fails as the interface says
     */
    CompletionStage<Boolean> forget(String consumer, Deadline deadline);
}
