package io.holdfast.core.env;

import java.util.Optional;

/**
 * A few small named values that survive a crash: a cluster id, an incarnation. Each write replaces one cell whole.
 *
 * <p>A write returns only when the value would survive a power failure (write to a temporary file, sync, rename, sync the directory).
 */
public interface DurableCells {
    /** The largest value of a cell: 64 KiB. */
    int MAX_BYTES = 64 * 1024;

    /**
     * Reads a cell.
     *
     * @param name a DNS label
     * @return the value, or empty if it was never written
     * @throws java.io.UncheckedIOException if the file cannot be read or its checksum does not match; the message names the file
     */
    Optional<byte[]> read(String name);

    /**
     * Replaces a cell.
     *
     * @param name a DNS label
     * @param value the value, at most {@link #MAX_BYTES}
     * @throws java.io.UncheckedIOException if the value cannot be made durable; the old value stays
     * @throws IllegalArgumentException if the value is too large or the name no label
     */
    void write(String name, byte[] value);

    /**
     * Cells that live in memory only and are lost with the process: for a node without a data directory.
     *
     * @return empty cells
     */
    static DurableCells inMemory() {
        return new InMemoryCells();
    }
}
