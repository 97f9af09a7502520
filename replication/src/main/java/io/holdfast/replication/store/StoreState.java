package io.holdfast.replication.store;

import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What the thread of the rows and the store's own thread share. Safe for use by many threads. */
final class StoreState {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final String name;
    private volatile long synced;
    private volatile @Nullable StoreFailedException failure;
    private volatile @Nullable String refusal;
    private volatile LongConsumer onSynced = position -> {};
    private volatile Consumer<StoreFailedException> onFailed = reason -> {};
    private boolean waits;
    private volatile boolean closing;

    StoreState(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void checkUsable() {
        StoreFailedException reason = failure;
        if (reason != null) {
            throw reason.again();
        }
        if (closing) {
            throw new StoreFailedException("store " + name + " is closed; open it again", null);
        }
    }

    void checkWritable(long waitingBytes, long limit) {
        checkUsable();
        String reason = refusal;
        if (reason != null) {
            throw new UnavailableException(reason);
        }
        if (waitingBytes > limit) {
            throw OverloadedException.withoutTrace(
                    "store " + name + " has " + waitingBytes + " bytes that wait for the disk, and may have " + limit
                            + "; write less at once, or raise maxUnsynced",
                    Duration.ofMillis(10));
        }
    }

    /** The store is beyond help in this process. Tells so once. */
    void fail(String what, Throwable cause) {
        if (failure == null) {
            StoreFailedException reason = new StoreFailedException(
                    "store " + name + " has stopped: " + what + " (" + cause
                            + "), so nobody knows what the disk holds; look after the disk and start the node again, which reads what is there",
                    cause);
            failure = reason;
            onFailed.accept(reason);
        }
    }

    boolean hasFailed() {
        return failure != null;
    }

    @Nullable String refusal() {
        return refusal;
    }

    void refuse(@Nullable String reason) {
        refusal = reason;
    }

    long synced() {
        return synced;
    }

    void synced(long position) {
        synced = position;
        onSynced.accept(position);
    }

    void onSynced(LongConsumer listener) {
        onSynced = listener;
    }

    void onFailed(Consumer<StoreFailedException> listener) {
        onFailed = listener;
    }

    /** There is something to sync. Under the lock. */
    void wake() {
        if (waits) {
            work.signal();
        }
    }

    /** Waits for {@link #wake}; while writes are refused not for long, for nobody tells when there is space. Under the lock. */
    void await() {
        waits = true;
        try {
            if (refusal == null) {
                work.await();
            } else {
                long left = work.awaitNanos(PAUSE_NANOS);
                assert left <= PAUSE_NANOS;
            }
        } catch (InterruptedException e) {
            // nobody has a reason to; the loop looks for work and waits again
        } finally {
            waits = false;
        }
    }

    /** No more calls; false if it was said before. Under the lock. */
    boolean close() {
        boolean first = !closing;
        closing = true;
        work.signal();
        return first;
    }

    boolean isClosing() {
        return closing;
    }
}
