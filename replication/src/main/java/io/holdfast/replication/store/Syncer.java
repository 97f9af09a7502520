package io.holdfast.replication.store;

import io.holdfast.replication.store.Disk.DiskFile;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's own thread: writes and syncs what was put since the last time, all at once, and compacts a little in between. */
final class Syncer {
    private static final Logger log = LoggerFactory.getLogger(Syncer.class);
    private static final int COMPACTION_BYTES = 256 << 10;

    private final Disk disk;
    private final long storeId;
    private final StoreOptions options;
    private final StoreState state;
    private final Journal journal;
    private final Compaction compaction;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable String stalled;

    Syncer(Disk disk, long storeId, StoreOptions options, StoreState state, Journal journal, Compaction compaction) {
        this.disk = disk;
        this.storeId = storeId;
        this.options = options;
        this.state = state;
        this.journal = journal;
        this.compaction = compaction;
    }

    /** The life of the thread. */
    void run() {
        try {
            while (!state.isClosing() && !state.hasFailed()) {
                if (!turn()) {
                    await();
                }
            }
            finish();
        } catch (RuntimeException | Error e) {
            log.error("store {} stops", state.name(), e);
            state.fail("its thread failed", e);
        } finally {
            stopped.countDown();
        }
    }

    private void await() {
        state.lock.lock();
        try {
            boolean idle = journal.waitingBytes() == 0 || stalled != null;
            if (idle && !state.isClosing()) {
                state.await();
            }
        } finally {
            state.lock.unlock();
        }
    }

    /** One sync and a step of compaction. Returns false if there was nothing to do, or it could not be done now. */
    boolean turn() {
        checkSpace();
        int synced = sync();
        boolean compacted = stalled == null && compaction.step(COMPACTION_BYTES + 4L * synced);
        return synced > 0 || compacted;
    }

    void checkSpace() {
        long free = disk.usableSpace();
        long least = options.minFree().bytes();
        String reason = stalled;
        if (reason == null && free < least) {
            reason = "store " + state.name() + " refuses writes: " + free + " bytes are free on its disk, and " + least
                    + " must be; make space, or lower minFree. It goes on by itself then";
        }
        if (reason != null && state.refusal() == null) {
            log.warn("{}", reason);
        } else if (reason == null && state.refusal() != null) {
            log.info("store {} takes writes again", state.name());
        }
        state.refuse(reason);
    }

    /** Writes and syncs one part. Returns its bytes; 0 if there is none, or it could not be written. */
    private int sync() {
        Part part = take();
        if (part == null || state.hasFailed() || !written(part)) {
            return 0;
        }
        try {
            part.segment.file().sync();
        } catch (IOException e) {
            state.fail("a sync of segment " + Segment.name(part.segment.number) + " failed", e);
            return 0;
        }
        state.lock.lock();
        try {
            journal.synced(part);
        } finally {
            state.lock.unlock();
        }
        state.synced(part.lastPosition);
        return part.length;
    }

    private @Nullable Part take() {
        state.lock.lock();
        try {
            return journal.take();
        } finally {
            state.lock.unlock();
        }
    }

    /** A write that failed is done again, at the same place: nothing counts before the sync. */
    private boolean written(Part part) {
        try {
            DiskFile file = part.segment.file;
            if (file == null) {
                file = made(part);
            }
            if (file == null) {
                return false;
            }
            file.write(part.bytes, 0, part.length, part.start);
            stalled = null;
            return true;
        } catch (ClosedChannelException e) {
            state.fail(
                    "the file of segment " + Segment.name(part.segment.number)
                            + " was closed, by an interrupt of the store's thread perhaps,",
                    e);
            return false;
        } catch (IOException e) {
            stall(e);
            return false;
        }
    }

    /** The file of a new segment, which is durable with its first frame before any row is in it. */
    private @Nullable DiskFile made(Part part) throws IOException {
        DiskFile file = disk.open(Segment.name(part.segment.number));
        boolean made = false;
        try {
            file.write(Segment.opening(storeId, part.segment.number, part.first), 0, Segment.OPENING, 0);
            made = synced(file);
            if (made) {
                part.segment.file = file;
            }
        } finally {
            if (!made) {
                file.close();
            }
        }
        return made ? file : null;
    }

    private boolean synced(DiskFile file) {
        try {
            file.sync();
            disk.syncNames();
            return true;
        } catch (IOException e) {
            state.fail("a sync of a new segment failed", e);
            return false;
        }
    }

    private void stall(IOException e) {
        stalled = "store " + state.name() + " refuses writes: its disk takes none (" + e
                + "); make space. What waits is written then, and it goes on by itself";
        checkSpace();
    }

    /** What waits is synced, and a last frame says so. */
    void finish() {
        while (sync() > 0) {
            // until nothing waits
        }
        state.lock.lock();
        try {
            if (journal.waitingBytes() == 0) {
                journal.seal();
            }
        } finally {
            state.lock.unlock();
        }
        if (sync() == 0 && stalled != null) {
            log.warn("store {} is closed with rows that were never synced: {}", state.name(), stalled);
        }
    }

    void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                stopped.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
