package io.holdfast.consensus.ratis;

import io.holdfast.consensus.storage.Durably;
import io.holdfast.consensus.storage.SyncMark;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the names of the log's files durable, and marks how far the log is synced. Ratis syncs what is in a file and never the directory, so a power failure might take a whole new file.
 */
final class SyncedDisk implements LogDisk {
    /** More entries than can wait to be written when some are cut off. */
    private static final long WAITING = 10_000;

    private static final String OPEN = "log_inprogress_";

    private final Path directory;
    private final SyncMark mark;
    private String[] names = {};
    private @Nullable File open;
    private long last = -1;
    private long truncated = Long.MAX_VALUE;

    SyncedDisk(Path directory) throws IOException {
        this.directory = directory;
        this.mark = SyncMark.open(directory);
    }

    @Override
    public synchronized void beforeSync(long index) throws IOException {
        if (index > truncated + WAITING) {
            truncated = Long.MAX_VALUE;
        }
        long synced = Math.min(last, truncated - 1);
        if (synced >= 0) {
            mark.write(synced);
        }
        last = index;
        syncNames();
    }

    /** A new file comes when the open segment is closed, which gives that one another name: as long as it has its name, none has come. */
    private void syncNames() throws IOException {
        File known = open;
        if (known != null && known.exists()) {
            return;
        }
        String[] now = directory.toFile().list();
        if (now == null) {
            throw new IOException("directory " + directory + " of the log cannot be read");
        }
        Arrays.sort(now);
        if (!Arrays.equals(now, names)) {
            mark.sync();
            Durably.syncDirectory(directory);
            names = now;
        }
        open = openSegment(now);
    }

    private @Nullable File openSegment(String[] sorted) {
        for (String name : sorted) {
            if (name.startsWith(OPEN)) {
                return new File(directory.toFile(), name);
            }
        }
        return null;
    }

    @Override
    public synchronized void beforeTruncate(long index) throws IOException {
        open = null;
        truncated = Math.min(truncated, index);
        mark.write(Math.min(last, truncated - 1));
        mark.sync();
    }

    @Override
    public void close() throws IOException {
        mark.close();
    }
}
