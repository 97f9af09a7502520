package io.holdfast.consensus.raft;

import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * The numbers of a Raft engine. The defaults are {@link #lan()}.
 *
 * @param electionTimeoutMin the shortest silence of a leader after which a replica stands for election (Raft, section 5.2); heartbeats go every half of it
 * @param electionTimeoutMax the longest such silence; each replica draws its own between the two
 * @param maxEntry the largest entry; four megabytes of direct memory a group for each megabyte
 * @param pendingEntries how many appended entries of a group may wait for their results; a further one is refused
 * @param pendingBytes how many bytes of them may wait; a further one is refused
 * @param segmentSize when a log file is closed and the next begun
 * @param snapshotEntries a snapshot is written after so many entries
 * @param snapshotBytes a snapshot is written after so many bytes of entries
 * @param snapshotInterval a snapshot is written after so long, if there are new entries
 * @param snapshotsKept how many snapshots are kept, so that a damaged one has an elder
 * @param logMargin how many entries at the end of the log stay there though a snapshot holds them, so that a slow follower needs no snapshot
 * @param joinTimeout how long a new voter may be silent before its change is given up
 * @param minFreeSpace with less space on its disk than this, or than a tenth of the disk if that is less, a replica does not start and a running one is read-only
 */
public record RaftConfig(
        @Doc(
                "The shortest silence of a leader after which a replica stands for election; heartbeats go every half of it.")
        @Default("1s")
        Duration electionTimeoutMin,

        @Doc("The longest such silence; each replica draws its own between the two.") @Default("2s")
        Duration electionTimeoutMax,

        @Doc("The largest log entry, 64KiB to 1MiB; twice as much direct memory for each group.") @Default("1MiB")
        DataSize maxEntry,

        @Doc(
                "How many entries of a group may wait for their results; a further one is refused with OverloadedException.")
        @Default("1024")
        int pendingEntries,

        @Doc("How many bytes of them may wait; a further entry is refused with OverloadedException.") @Default("64MiB")
        DataSize pendingBytes,

        @Doc("When a log file is closed and the next begun.") @Default("16MiB")
        DataSize segmentSize,

        @Doc("A snapshot is written after so many entries.") @Default("20000")
        int snapshotEntries,

        @Doc("A snapshot is written after so many bytes of entries.") @Default("64MiB")
        DataSize snapshotBytes,

        @Doc("A snapshot is written after so long, if there are new entries.") @Default("10m")
        Duration snapshotInterval,

        @Doc("How many snapshots are kept, so that a damaged one has an elder.") @Default("3")
        int snapshotsKept,

        @Doc(
                "How many entries at the end of the log stay there though a snapshot holds them, so that a slow follower needs no snapshot.")
        @Default("20000")
        int logMargin,

        @Doc("How long a new voter may be silent before its change is given up.") @Default("30s")
        Duration joinTimeout,

        @Doc(
                "With less space on its disk than this, or than a tenth of the disk if that is less, a replica does not start and a running one is read-only.")
        @Default("512MiB")
        DataSize minFreeSpace) {
    /**
     * Validates the numbers.
     *
     * @param electionTimeoutMin as the component
     * @param electionTimeoutMax as the component
     * @param maxEntry as the component
     * @param pendingEntries as the component
     * @param pendingBytes as the component
     * @param segmentSize as the component
     * @param snapshotEntries as the component
     * @param snapshotBytes as the component
     * @param snapshotInterval as the component
     * @param snapshotsKept as the component
     * @param logMargin as the component
     * @param joinTimeout as the component
     * @param minFreeSpace as the component
     * @throws IllegalArgumentException if a number is out of its bounds or two contradict each other
     */
    public RaftConfig {
        Check.positive("election-timeout-min", electionTimeoutMin);
        Check.that(
                electionTimeoutMax.compareTo(electionTimeoutMin) > 0,
                "election-timeout-max (%s) must be longer than election-timeout-min (%s), so that replicas do not all stand at once",
                electionTimeoutMax,
                electionTimeoutMin);
        Check.between("max-entry", maxEntry.bytes(), 64 * 1024, 1024 * 1024);
        Check.between("pending-entries", pendingEntries, 1, 4000);
        Check.between("pending-bytes", pendingBytes.bytes(), maxEntry.bytes(), 64L * 1024 * 1024);
        Check.that(
                segmentSize.compareTo(maxEntry) >= 0,
                "segment-size (%s) must hold an entry of max-entry (%s)",
                segmentSize,
                maxEntry);
        Check.between("segment-size", segmentSize.bytes(), 64 * 1024, 1L << 30);
        Check.between("snapshot-entries", snapshotEntries, 1, 100_000_000);
        Check.between("snapshot-bytes", snapshotBytes.bytes(), 1, 1L << 40);
        Check.positive("snapshot-interval", snapshotInterval);
        Check.between("snapshots-kept", snapshotsKept, 2, 100);
        Check.between("log-margin", logMargin, 0, 100_000_000);
        Check.positive("join-timeout", joinTimeout);
        Check.between("min-free-space", minFreeSpace.bytes(), 0, 1L << 50);
    }

    /**
     * For nodes in one data centre: a pause of the collector of up to a second costs no election.
     *
     * @return the preset
     */
    public static RaftConfig lan() {
        return new RaftConfig(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                new DataSize(1024 * 1024),
                1024,
                new DataSize(64L * 1024 * 1024),
                new DataSize(16L * 1024 * 1024),
                20_000,
                new DataSize(64L * 1024 * 1024),
                Duration.ofMinutes(10),
                3,
                20_000,
                Duration.ofSeconds(30),
                new DataSize(512L * 1024 * 1024));
    }

    /**
     * For tests on one machine: elections within a fraction of a second, small files.
     *
     * @return the preset
     */
    public static RaftConfig local() {
        return new RaftConfig(
                Duration.ofMillis(300),
                Duration.ofMillis(600),
                new DataSize(1024 * 1024),
                1024,
                new DataSize(64L * 1024 * 1024),
                new DataSize(4L * 1024 * 1024),
                20_000,
                new DataSize(64L * 1024 * 1024),
                Duration.ofMinutes(10),
                2,
                1_000,
                Duration.ofSeconds(10),
                new DataSize(0));
    }

    /**
     * With other election timeouts.
     *
     * @param min the shortest
     * @param max the longest
     * @return a copy
     */
    public RaftConfig withElectionTimeout(Duration min, Duration max) {
        return new RaftConfig(
                min,
                max,
                maxEntry,
                pendingEntries,
                pendingBytes,
                segmentSize,
                snapshotEntries,
                snapshotBytes,
                snapshotInterval,
                snapshotsKept,
                logMargin,
                joinTimeout,
                minFreeSpace);
    }

    /**
     * With other triggers of snapshots.
     *
     * @param entries after so many entries
     * @param bytes after so many bytes
     * @param interval after so long
     * @return a copy
     */
    public RaftConfig withSnapshots(int entries, DataSize bytes, Duration interval) {
        return new RaftConfig(
                electionTimeoutMin,
                electionTimeoutMax,
                maxEntry,
                pendingEntries,
                pendingBytes,
                segmentSize,
                entries,
                bytes,
                interval,
                snapshotsKept,
                logMargin,
                joinTimeout,
                minFreeSpace);
    }

    /**
     * With another least space on the disk.
     *
     * @param value the least, if a tenth of the disk is not less
     * @return a copy
     */
    public RaftConfig withMinFreeSpace(DataSize value) {
        return new RaftConfig(
                electionTimeoutMin,
                electionTimeoutMax,
                maxEntry,
                pendingEntries,
                pendingBytes,
                segmentSize,
                snapshotEntries,
                snapshotBytes,
                snapshotInterval,
                snapshotsKept,
                logMargin,
                joinTimeout,
                value);
    }

    /**
     * With another size and tail of the log.
     *
     * @param segment when a log file is closed
     * @param margin how many entries before the snapshot stay
     * @return a copy
     */
    public RaftConfig withLog(DataSize segment, int margin) {
        return new RaftConfig(
                electionTimeoutMin,
                electionTimeoutMax,
                maxEntry,
                pendingEntries,
                pendingBytes,
                segment,
                snapshotEntries,
                snapshotBytes,
                snapshotInterval,
                snapshotsKept,
                margin,
                joinTimeout,
                minFreeSpace);
    }
}
