package io.holdfast.consensus.log;

import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * The bounds of a group's log on one node.
 *
 * @param maxCommandSize the largest command and the largest query; a larger one is refused with {@link IllegalArgumentException}
 * @param maxEntryCommands how many commands go into one batch and into one log entry at most
 * @param maxEntrySize how many bytes go into one batch and into one log entry at most; larger than {@code maxCommandSize}
 * @param queuedCommands how many commands may wait on a node, and again at the leader; beyond it {@link io.holdfast.core.OverloadedException}
 * @param queuedSize how many bytes of commands may wait, likewise
 * @param openBatches how many batches a node has on their way to the leader at once; what comes meanwhile gathers. More than one helps where the way is long and the processors are idle
 * @param openEntries how many entries the leader has open at once; the cost is per entry, so few large ones beat many small ones
 * @param waitingReads how many reads may wait on a node; beyond it {@link io.holdfast.core.OverloadedException}
 * @param roundTimeout how long one question to the leader or the voters may take before it is asked again
 * @param tickInterval how often a leader looks whether something expires
 */
public record GroupLogConfig(
        @Doc("The largest command.") @Default("512KiB") DataSize maxCommandSize,

        @Doc("How many commands go into one log entry at most.") @Default("512")
        int maxEntryCommands,

        @Doc("How many bytes go into one log entry at most.") @Default("1MiB")
        DataSize maxEntrySize,

        @Doc("How many commands may wait on a node; further ones are refused as overload.") @Default("8192")
        int queuedCommands,

        @Doc("How many bytes of commands may wait on a node; further ones are refused as overload.") @Default("16MiB")
        DataSize queuedSize,

        @Doc("How many batches a node has on their way to the leader at once.") @Default("1")
        int openBatches,

        @Doc("How many entries a leader has open at once.") @Default("1")
        int openEntries,

        @Doc("How many reads may wait on a node; further ones are refused as overload.") @Default("8192")
        int waitingReads,

        @Doc("How long one question to the leader or the voters may take before it is asked again.") @Default("300ms")
        Duration roundTimeout,

        @Doc("How often a leader looks whether something expires.") @Default("100ms")
        Duration tickInterval) {
    /** What an entry or a batch needs besides its commands. */
    static final int OVERHEAD = 64;

    /**
     * Validates the bounds.
     *
     * @param maxCommandSize as the component
     * @param maxEntryCommands as the component
     * @param maxEntrySize as the component
     * @param queuedCommands as the component
     * @param queuedSize as the component
     * @param openBatches as the component
     * @param openEntries as the component
     * @param waitingReads as the component
     * @param roundTimeout as the component
     * @param tickInterval as the component
     * @throws IllegalArgumentException if one is out of its range, or an entry cannot hold the largest command
     */
    public GroupLogConfig {
        Check.between("max-command-size", maxCommandSize.bytes(), 1024, 2L * 1024 * 1024);
        Check.between("max-entry-commands", maxEntryCommands, 1, 65_536);
        Check.between("max-entry-size", maxEntrySize.bytes(), 2048, 3L * 1024 * 1024);
        Check.that(
                maxEntrySize.bytes() >= maxCommandSize.bytes() + OVERHEAD,
                "max-entry-size (%s) must be at least %d bytes larger than max-command-size (%s)",
                maxEntrySize,
                OVERHEAD,
                maxCommandSize);
        Check.between("queued-commands", queuedCommands, maxEntryCommands, 1_000_000);
        Check.between("queued-size", queuedSize.bytes(), maxEntrySize.bytes(), 1L << 30);
        Check.between("open-batches", openBatches, 1, 64);
        Check.between("open-entries", openEntries, 1, 64);
        Check.between("waiting-reads", waitingReads, 1, 1_000_000);
        Check.positive("round-timeout", roundTimeout);
        Check.positive("tick-interval", tickInterval);
    }

    /**
     * The defaults.
     *
     * @return commands of 512 KiB, entries of 512 commands or 1 MiB, 8,192 commands or 16 MiB waiting, one batch and one entry open
     */
    public static GroupLogConfig lan() {
        return new GroupLogConfig(
                new DataSize(512 * 1024),
                512,
                new DataSize(1024 * 1024),
                8192,
                new DataSize(16 * 1024 * 1024),
                1,
                1,
                8192,
                Duration.ofMillis(300),
                Duration.ofMillis(100));
    }
}
