package io.holdfast.core.cluster;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletionStage;

/**
 * One order of commands for all replicas of a group. Each replica applies each committed command exactly once, in order; a command whose proposer got no answer may be committed, and a proposer
 * that proposes again may be committed twice: who needs exactly once puts a session and a sequence number into the command. Safe for use by many threads.
 */
public interface ReplicatedLog extends AutoCloseable {
    /**
     * What a replica does with committed commands. Deterministic, without clock or chance; calls never overlap, except for {@link Capture#writeTo}, which runs beside the others. It must not throw on
     * any bytes: a command that fails answers so.
     */
    interface Applier {
        /**
         * Applies a command.
         *
         * @param index its place: 1 for the first command of the group, growing by one
         * @param logNanos the group's own time: it never goes back, and stands still while nobody leads
         * @param command the bytes
         * @return the result for who proposed it
         */
        byte[] apply(long index, long logNanos, byte[] command);

        /**
         * Time has passed without a command. Called between commands, in the same order on every replica, soon after {@link #nextDeadline} was reached.
         *
         * @param index the last command that was applied
         * @param logNanos the group's time
         */
        default void tick(long index, long logNanos) {}

        /**
         * The group's time at which {@link #tick} is wanted.
         *
         * @return nanoseconds of the group's time; {@link Long#MAX_VALUE} if nothing expires
         */
        default long nextDeadline() {
            return Long.MAX_VALUE;
        }

        /**
         * Answers a question from the state, changing nothing.
         *
         * @param index the last command that was applied
         * @param query the bytes
         * @return the answer
         */
        byte[] query(long index, byte[] query);

        /**
         * Holds on to the state as it is now, to be written while further commands are applied. Quick: it blocks the group.
         *
         * @return the state; closed by who asked
         */
        Capture capture();

        /**
         * Replaces the state by a snapshot.
         *
         * @param index the last command that it holds
         * @param snapshot what {@link Capture#writeTo} wrote
         * @throws IOException if the snapshot cannot be read or is damaged; the state is then undefined and the replica stops
         */
        void restore(long index, InputStream snapshot) throws IOException;
    }

    /** The state at one index, held while commands go on. */
    interface Capture extends AutoCloseable {
        /**
         * Writes the state. Called once at most, on another thread than the applier's.
         *
         * @param out where to; not closed
         * @throws IOException if it cannot be written
         */
        void writeTo(OutputStream out) throws IOException;

        /** Lets go of the state. */
        @Override
        void close();
    }

    /**
     * The group that keeps the log.
     *
     * @return its id
     */
    GroupId group();

    /**
     * Who leads the group.
     *
     * @return its leadership
     */
    Leadership leadership();

    /**
     * Proposes a command, on any node.
     *
     * @param command the bytes
     * @param deadline until when the caller waits
     * @return the applier's result, once the command is committed and applied. Fails with {@link io.holdfast.core.NotAppliedException},
     *     {@link io.holdfast.core.OverloadedException} (surely not appended) or {@link io.holdfast.core.UnknownOutcomeException} (it may still be committed)
     */
    CompletionStage<byte[]> propose(byte[] command, Deadline deadline);

    /**
     * Asks a replica's state, on any node.
     *
     * @param query the bytes, as {@link Applier#query} takes them
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the answer; fails with {@link io.holdfast.core.UnavailableException} if no replica can answer so freshly in time
     */
    CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline);

    /**
     * Completes when this node has applied all that was committed before the call, so that a read of the local state is linearizable.
     *
     * @param deadline until when the caller waits
     * @return the index that was reached; fails with {@link io.holdfast.core.UnavailableException} if no majority answers in time, or if this node keeps no replica
     */
    CompletionStage<Long> readBarrier(Deadline deadline);

    /**
     * The last command that this node has applied.
     *
     * @return its index, 0 before the first and on a node that keeps no replica
     */
    long applied();

    @Override
    void close();
}
