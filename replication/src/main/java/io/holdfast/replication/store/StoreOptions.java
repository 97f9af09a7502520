package io.holdfast.replication.store;

import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;

/**
 * The bounds of a store on disk.
 *
 * @param segmentSize when a file is full and the next is begun: 4 KiB to 64 MiB
 * @param maxGarbage how much of the files may be rows that were replaced or removed, as a multiple of the rows that are there; besides, two segments always may. Each byte that is put costs at
 *     most about {@code 1 / maxGarbage} bytes of copying
 * @param maxUnsynced how much may wait for the sync; more is refused
 * @param minFree how much of the disk must be free; with less, puts are refused while compaction goes on
 */
public record StoreOptions(DataSize segmentSize, double maxGarbage, DataSize maxUnsynced, DataSize minFree) {
    /**
     * Validates the bounds.
     *
     * @param segmentSize as the component
     * @param maxGarbage as the component
     * @param maxUnsynced as the component
     * @param minFree as the component
     * @throws IllegalArgumentException if one is passed; the message names it
     */
    public StoreOptions {
        Check.between("segmentSize", segmentSize.bytes(), 4 << 10, 64 << 20);
        Check.that(maxGarbage >= 0.1 && maxGarbage <= 10, "maxGarbage (%s) must be between 0.1 and 10", maxGarbage);
        Check.between("maxUnsynced", maxUnsynced.bytes(), 1 << 10, 1 << 30);
    }

    /**
     * Segments of 64 MiB, as much garbage as there are rows, 32 MiB that wait, 256 MiB that must be free.
     *
     * @return the options
     */
    public static StoreOptions standard() {
        return new StoreOptions(new DataSize(64 << 20), 1, new DataSize(32 << 20), new DataSize(256 << 20));
    }
}
