package io.holdfast.benchmarks.store;

import io.holdfast.core.env.Environment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** The thread that syncs a store which has none of its own. */
final class SyncLoop implements AutoCloseable {
    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable sync;
    private final Thread thread;
    private volatile LongConsumer listener = position -> {};
    private volatile boolean closed;

    SyncLoop(Environment environment, Runnable sync) {
        this.sync = sync;
        this.thread = environment.threads().start("sync", this::run);
    }

    long written() {
        long position = written.incrementAndGet();
        LockSupport.unpark(thread);
        return position;
    }

    void onSynced(LongConsumer newListener) {
        listener = newListener;
    }

    private void run() {
        long synced = 0;
        while (!closed) {
            long position = written.get();
            if (position == synced) {
                LockSupport.park();
                continue;
            }
            sync.run();
            synced = position;
            listener.accept(position);
        }
        ended.countDown();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
