package io.holdfast.core.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Address;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private static final Address PEER = Address.of("127.0.0.1", 1);

    private final Environment environment = Environment.system();
    private final List<String> effects = new CopyOnWriteArrayList<>();
    private final List<String> turns = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        environment.close();
    }

    private interface Step {
        void take(long nowNanos, Outbox<String, String, String> out);
    }

    /** Does what each request says. */
    private final class Script implements Protocol<Step, String, String, String> {
        @Override
        public void onStart(long nowNanos, Outbox<String, String, String> out) {
            turns.add("start");
        }

        @Override
        public void onRequest(Step step, long nowNanos, Outbox<String, String, String> out) {
            step.take(nowNanos, out);
        }

        @Override
        public void onMessage(Address from, String message, long nowNanos, Outbox<String, String, String> out) {
            turns.add(message + " of " + from);
        }

        @Override
        public void onTimer(String timer, long nowNanos, Outbox<String, String, String> out) {
            turns.add(timer);
        }
    }

    private final class RecordingCells implements DurableCells {
        @Override
        public Optional<byte[]> read(String name) {
            return Optional.empty();
        }

        @Override
        public void write(String name, byte[] value) {
            if (name.equals("broken")) {
                throw new UncheckedIOException(new IOException("this disk fails on purpose"));
            }
            effects.add("persist " + name);
        }
    }

    private EventLoop.Builder<Step, String, String, String> loop(BiConsumer<Address, String> sender) {
        return EventLoop.of("test-loop", new Script(), environment)
                .cells(new RecordingCells())
                .sender(sender)
                .publisher(event -> effects.add("publish " + event));
    }

    private EventLoop.Builder<Step, String, String, String> loop() {
        return loop((to, message) -> effects.add("send " + message));
    }

    @Test
    void effectsAreCarriedOutInTheOrderPersistSendSchedulePublish() {
        try (var loop = loop().start()) {
            loop.request((now, out) -> {
                out.publish("e");
                out.wakeAt(now, "timer");
                out.send(PEER, "m");
                out.persist("c", new byte[0]);
            });
            await().until(() -> turns.contains("timer"));
        }
        assertThat(effects).containsExactly("persist c", "send m", "publish e");
        assertThat(turns).containsExactly("start", "timer");
    }

    @Test
    void tasksAreTakenInOrderOneAtATimeOnOneThread() {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        try (var loop = loop().start()) {
            IntStream.range(0, 1_000)
                    .forEach(i -> loop.request((now, out) -> {
                        seen.add(i);
                        threads.add(Thread.currentThread());
                    }));
        }
        assertThat(seen).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        assertThat(threads.stream().distinct()).hasSize(1);
        assertThat(threads.get(0).getName()).isEqualTo("test-loop");
    }

    @Test
    void aFullMailboxDropsMessagesAndRefusesRequestsButNeverLosesATimer() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        BlockingQueue<Runnable> timers = new LinkedBlockingQueue<>();
        var loop = EventLoop.of("test-loop", new Script(), timersByHand(timers))
                .capacity(2)
                .start();
        loop.request((now, out) -> out.wakeAt(now, "timer"));
        Runnable timer = timers.take();
        loop.request((now, out) -> {
            entered.countDown();
            awaitQuietly(release);
        });
        entered.await();
        loop.deliver(PEER, "one");
        loop.deliver(PEER, "two");
        loop.deliver(PEER, "three");
        timer.run();
        assertThatThrownBy(() -> loop.request((now, out) -> {}))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("test-loop holds 2 tasks, its limit")
                .satisfies(e -> assertThat(((OverloadedException) e).retry()).isEqualTo(Retry.SAFE));
        assertThat(loop.dropped()).isEqualTo(2);
        release.countDown();
        loop.close();
        assertThat(turns).containsExactly("start", "one of " + PEER, "two of " + PEER, "timer");
    }

    private Environment timersByHand(BlockingQueue<Runnable> timers) {
        return new Environment() {
            @Override
            public MonotonicClock clock() {
                return environment.clock();
            }

            @Override
            public WallClock wallClock() {
                return environment.wallClock();
            }

            @Override
            public Scheduler scheduler() {
                return (delay, task) -> {
                    timers.add(task);
                    return () -> timers.remove(task);
                };
            }

            @Override
            public RandomSource random() {
                return environment.random();
            }

            @Override
            public Threads threads() {
                return environment.threads();
            }

            @Override
            public void close() {
                environment.close();
            }
        };
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aTurnThatFailsSetsItsTimersOnlyAndTheLoopGoesOn() {
        try (var loop = loop().start()) {
            loop.request((now, out) -> {
                out.send(PEER, "half");
                out.publish("half");
                out.wakeAt(now, "timer");
                throw new IllegalStateException("a turn that fails on purpose");
            });
            loop.request((now, out) -> {
                throw new AssertionError("an error that is thrown on purpose");
            });
            loop.request((now, out) -> out.send(PEER, "next"));
            await().until(() -> turns.contains("timer"));
        }
        assertThat(effects).containsExactly("send next");
    }

    @Test
    void ifPersistingFailsNothingIsSentOrPublishedButTimersAreSet() {
        try (var loop = loop().start()) {
            loop.request((now, out) -> {
                out.persist("broken", new byte[0]);
                out.send(PEER, "m");
                out.publish("e");
                out.wakeAt(now, "timer");
            });
            await().until(() -> turns.contains("timer"));
        }
        assertThat(effects).isEmpty();
    }

    @Test
    void aSenderThatFailsForOneReceiverCostsNobodyElseAnything() {
        BiConsumer<Address, String> sender = (to, message) -> {
            if (message.equals("bad")) {
                throw new IllegalArgumentException("a receiver that fails on purpose");
            }
            effects.add("send " + message);
        };
        try (var loop = loop(sender).start()) {
            loop.request((now, out) -> {
                out.send(PEER, "bad");
                out.send(PEER, "good");
                out.publish("e");
                out.wakeAt(now, "timer");
            });
            await().until(() -> turns.contains("timer"));
        }
        assertThat(effects).containsExactly("send good", "publish e");
    }

    @Test
    void aListenerThatFailsWithAnErrorCostsNobodyElseAnything() {
        try (var loop = EventLoop.of("test-loop", new Script(), environment)
                .publisher(event -> {
                    if (event.equals("bad")) {
                        throw new AssertionError("a listener that fails on purpose");
                    }
                    effects.add("publish " + event);
                })
                .start()) {
            loop.request((now, out) -> {
                out.publish("bad");
                out.publish("good");
            });
        }
        assertThat(effects).containsExactly("publish good");
    }

    @Test
    void anInterruptOfItsThreadDoesNotEndTheLoop() {
        try (var loop =
                loop((to, message) -> Thread.currentThread().interrupt()).start()) {
            loop.request((now, out) -> {
                out.send(PEER, "m");
                out.wakeAt(now, "one");
            });
            await().until(() -> turns.contains("one"));
            loop.request((now, out) -> out.wakeAt(now, "two"));
            await().until(() -> turns.contains("two"));
        }
    }

    @Test
    void closingCarriesOutWhatWaitsAndTakesNoMore() {
        var loop = loop().start();
        IntStream.range(0, 100).forEach(i -> loop.request((now, out) -> out.send(PEER, "m" + i)));
        loop.close();
        assertThat(effects).hasSize(100);
        loop.request((now, out) -> out.send(PEER, "late"));
        loop.deliver(PEER, "late");
        loop.close();
        assertThat(effects).hasSize(100);
    }

    @Test
    void aLoopMayCloseItself() {
        var holder = new EventLoop<?, ?, ?, ?>[1];
        CountDownLatch closed = new CountDownLatch(1);
        var loop = loop().start();
        holder[0] = loop;
        loop.request((now, out) -> {
            holder[0].close();
            closed.countDown();
        });
        awaitQuietly(closed);
        loop.close();
        assertThat(closed.getCount()).isZero();
    }
}
