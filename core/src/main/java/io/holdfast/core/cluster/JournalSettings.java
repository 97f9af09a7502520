package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * What a {@link ReplicatedJournal} keeps. The group keeps the settings with the records, so that all nodes go by the same. A journal lives in the memory of each replica and in its snapshots: its bounds
 * are those of memory, not of a disk.
 *
 * @param maxBytes how much the records may have, each its key, its value and {@value JournalRules#RECORD_BYTES} more; 1 MiB to 512 MiB
 * @param maxRecords how many there may be, 1,000 to 4,000,000
 * @param maxAge how old a record may get by the group's time, which stands still while nobody leads; {@link Duration#ZERO} for no limit. Older ones go within a second or two of the group's time
 * @param dropsOldest whether at the bounds of bytes and records the oldest go to make room; otherwise an append is refused with {@link ReplicatedJournal.Outcome#FULL}, and somebody must trim
 * @param compacts whether only the last record of each key is kept: the one before goes when the next is appended. Records without a key stay. A record with a key and without a value that is appended then is a tombstone
 * @param tombstones how long a tombstone stays by the group's time, so that readers learn of it, more than zero; without compaction records without a value are like others
 */
public record JournalSettings(
        long maxBytes, long maxRecords, Duration maxAge, boolean dropsOldest, boolean compacts, Duration tombstones) {
    private static final long MIN_BYTES = 1L << 20;
    private static final long LARGEST_BYTES = 512L << 20;
    private static final Duration LONGEST = Duration.ofDays(3650);

    /**
     * Validates the bounds.
     *
     * @param maxBytes as the component
     * @param maxRecords as the component
     * @param maxAge as the component
     * @param dropsOldest as the component
     * @param compacts as the component
     * @param tombstones as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public JournalSettings {
        Check.between("maxBytes of a journal", maxBytes, MIN_BYTES, LARGEST_BYTES);
        Check.between("maxRecords of a journal", maxRecords, 1_000, 4_000_000);
        Check.notNegative("maxAge of a journal", maxAge);
        Check.positive("tombstones of a journal", tombstones);
        Check.that(
                maxAge.compareTo(LONGEST) <= 0 && tombstones.compareTo(LONGEST) <= 0,
                "maxAge (%s) and tombstones (%s) of a journal must be at most %s; zero keeps records whatever their age",
                maxAge,
                tombstones,
                LONGEST);
    }

    /**
     * What a journal has until it is told otherwise: at most 64 MiB and 1,000,000 records, whatever their age; appends beyond that are refused.
     *
     * @return the settings
     */
    public static JournalSettings keepAll() {
        return new JournalSettings(64L << 20, 1_000_000, Duration.ZERO, false, false, Duration.ofHours(24));
    }

    /**
     * The newest records: at most 64 MiB and 1,000,000 of them, the oldest of which make room.
     *
     * @return the settings
     */
    public static JournalSettings keepNewest() {
        return new JournalSettings(64L << 20, 1_000_000, Duration.ZERO, true, false, Duration.ofHours(24));
    }

    /**
     * The last record of each key, as a table: at most 64 MiB and 1,000,000 keys, appends beyond that are refused; tombstones for a day.
     *
     * @return the settings
     */
    public static JournalSettings keepLastOfEachKey() {
        return new JournalSettings(64L << 20, 1_000_000, Duration.ZERO, false, true, Duration.ofHours(24));
    }

    /**
     * The same with another bound of bytes.
     *
     * @param value as the component
     * @return new settings
     */
    public JournalSettings withMaxBytes(long value) {
        return new JournalSettings(value, maxRecords, maxAge, dropsOldest, compacts, tombstones);
    }

    /**
     * The same with another bound of records.
     *
     * @param value as the component
     * @return new settings
     */
    public JournalSettings withMaxRecords(long value) {
        return new JournalSettings(maxBytes, value, maxAge, dropsOldest, compacts, tombstones);
    }

    /**
     * The same with another bound of age.
     *
     * @param value as the component
     * @return new settings
     */
    public JournalSettings withMaxAge(Duration value) {
        return new JournalSettings(maxBytes, maxRecords, value, dropsOldest, compacts, tombstones);
    }

    /**
     * The same with another time for tombstones.
     *
     * @param value as the component
     * @return new settings
     */
    public JournalSettings withTombstones(Duration value) {
        return new JournalSettings(maxBytes, maxRecords, maxAge, dropsOldest, compacts, value);
    }
}
