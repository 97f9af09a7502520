package io.holdfast.consensus.ratis;

import java.io.IOException;

/** What makes a log durable besides the syncs of its files. */
interface LogDisk extends AutoCloseable {
    /**
     * Called before each sync of the open file, on the thread that writes. What it throws fails the log, as a write that fails does.
     *
     * @param index the last entry that the sync covers
     */
    void beforeSync(long index) throws IOException;

    /** Called before entries from an index on are cut off, on another thread; some syncs of what was written before may follow. */
    void beforeTruncate(long index) throws IOException;

    @Override
    void close() throws IOException;
}
