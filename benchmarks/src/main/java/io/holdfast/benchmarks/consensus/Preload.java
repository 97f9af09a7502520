package io.holdfast.benchmarks.consensus;

import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes every key once, each again until it is done, so that a read finds a value. */
final class Preload {
    private static final int AT_ONCE = 256;
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    private final Environment environment;
    private final KvStore store;
    private final AtomicInteger next = new AtomicInteger();
    private final int count;
    private final CountDownLatch left;

    Preload(Environment environment, KvStore store, int count) {
        this.environment = environment;
        this.store = store;
        this.count = count;
        this.left = new CountDownLatch(count);
    }

    void run(Duration limit) throws InterruptedException {
        for (int i = 0; i < AT_ONCE; i++) {
            another();
        }
        if (!left.await(limit.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(left.getCount() + " of " + count + " keys could not be written");
        }
    }

    private void another() {
        int number = next.getAndIncrement();
        if (number < count) {
            write(number);
        }
    }

    private void write(int number) {
        store.put(Keys.key(number), Keys.value(number), new KvAnswer() {
            @Override
            public void done(byte[] value) {
                left.countDown();
                another();
            }

            @Override
            public void failed(Throwable reason) {
                environment.scheduler().schedule(AFTER_FAILURE, () -> write(number));
            }
        });
    }
}
