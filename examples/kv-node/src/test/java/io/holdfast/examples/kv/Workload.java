package io.holdfast.examples.kv;

import io.holdfast.core.env.Environment;
import io.holdfast.examples.kv.KvClient.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Clients that never pause while somebody answers them. */
final class Workload {
    private static final long REFUSED_PAUSE_MILLIS = 20;

    private final Environment environment;
    private final int clients;
    private final List<Subject<?, ?, ?>> subjects;
    private final Ledger ledger = new Ledger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicLong lastAnswer = new AtomicLong();
    private final AtomicLong longestGap = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> defect = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    Workload(Environment environment, int clients) {
        this.environment = environment;
        this.clients = clients;
        this.subjects = Subjects.all(environment.clock(), clients);
    }

    List<Subject<?, ?, ?>> subjects() {
        return subjects;
    }

    Ledger ledger() {
        return ledger;
    }

    void start(KvClient client, SplittableRandom random) {
        lastAnswer.set(environment.clock().nanoTime());
        for (int i = 0; i < clients; i++) {
            Actor actor = new Actor("c" + i, i % client.nodes(), client, random.split());
            threads.add(environment.threads().start("client-" + i, () -> run(actor)));
        }
    }

    private void run(Actor actor) {
        try {
            while (stop.getCount() > 0) {
                int dice = actor.random().nextInt(subjects.size() + 1);
                Reply reply = dice < subjects.size() ? subjects.get(dice).act(actor) : ledger.act(actor);
                if (reply instanceof Reply.Done) {
                    answered();
                } else {
                    // a node that refuses at once must not be asked a thousand times a second
                    stop.await(REFUSED_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            defect.compareAndSet(null, e);
        }
    }

    private void answered() {
        answered.incrementAndGet();
        long now = environment.clock().nanoTime();
        longestGap.accumulateAndGet(now - lastAnswer.getAndSet(now), Math::max);
    }

    /** How many operations were answered so far. */
    int answers() {
        Throwable seen = defect.get();
        if (seen != null) {
            throw new AssertionError("a client failed by a defect", seen);
        }
        return answered.get();
    }

    /** The longest time in which nobody had an answer, since this was asked before. */
    long takeLongestGapMillis() {
        return longestGap.getAndSet(0) / 1_000_000;
    }

    /** Begins nothing more. */
    void end() {
        stop.countDown();
    }

    /** Waits for the last answers. */
    void stop() throws InterruptedException {
        end();
        for (Thread thread : threads) {
            thread.join();
        }
        answers();
    }
}
