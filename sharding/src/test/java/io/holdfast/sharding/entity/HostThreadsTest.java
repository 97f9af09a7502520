package io.holdfast.sharding.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.sharding.MapTable;
import io.holdfast.sharding.Tenure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds among many threads: one call at a time, one instance at a time, no waiting for oneself. */
class HostThreadsTest {
    private static final long ADD = 1;
    private static final long CALL_SELF = 2;
    private static final long WAIT = 3;
    private static final long READ_ADD_CALL_SELF_SET = 4;
    private static final long CALL_OTHER_THAT_CALLS_BACK = 5;
    private static final long CALL_BACK = 6;

    private final AtomicLong ahead = new AtomicLong();
    private final Environment environment = new Ahead(Environment.system(), ahead);
    private final ExecutorService answers = environment.threads().handlers("test-table", 64);
    private final MapTable table = new MapTable("default", answers);
    private final AtomicLong numbers = new AtomicLong();
    private final CountDownLatch began = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger interrupted = new AtomicInteger();
    private final Map<String, AtomicInteger> lives = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
    private final AtomicInteger flaws = new AtomicInteger();
    private final AtomicInteger created = new AtomicInteger();
    private final CountDownLatch leaving = new CountDownLatch(1);
    private volatile boolean slowLeaving;
    private EntityHost host = hosted(EntityLimits.standard(), false);

    private EntityHost hosted(EntityLimits limits, boolean reentrant) {
        EntityHost made = new EntityHost(environment, limits, new SimpleMeterRegistry());
        made.register(new Looping(reentrant));
        made.serve(0, new OwnTenure());
        return made;
    }

    private void reentrant() {
        host.close();
        host = hosted(EntityLimits.standard(), true);
    }

    @AfterEach
    void end() {
        goOn.countDown();
        host.close();
        answers.shutdown();
        environment.close();
    }

    /** The real time, moved on as the test wants. */
    private record Ahead(Environment real, AtomicLong ahead) implements Environment {
        @Override
        public io.holdfast.core.env.MonotonicClock clock() {
            return () -> real.clock().nanoTime() + ahead.get();
        }

        @Override
        public io.holdfast.core.env.WallClock wallClock() {
            return real.wallClock();
        }

        @Override
        public io.holdfast.core.env.Scheduler scheduler() {
            return real.scheduler();
        }

        @Override
        public io.holdfast.core.env.RandomSource random() {
            return real.random();
        }

        @Override
        public io.holdfast.core.env.Threads threads() {
            return real.threads();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private final class OwnTenure implements Tenure {
        @Override
        public int shard() {
            return 0;
        }

        @Override
        public Epoch epoch() {
            return new Epoch(1);
        }

        @Override
        public ReplicatedTable table() {
            return table;
        }

        @Override
        public ReplicatedTable.Condition fence() {
            return new ReplicatedTable.Condition("f/0", 0);
        }

        @Override
        public boolean holds() {
            return true;
        }
    }

    private CompletableFuture<Served> call(String key, long method) {
        Deadline deadline = Deadline.after(environment.clock().nanoTime(), Duration.ofSeconds(20));
        return call(key, method, CallContext.EMPTY.withDeadline(deadline));
    }

    private CompletableFuture<Served> call(String key, long method, CallContext context) {
        EntityId id = new EntityId("loop", key);
        CallId number = new CallId(1, numbers.incrementAndGet());
        return host.call(0, new EntityCall(id, method, new byte[0], number, 1, 0, 1, context))
                .toCompletableFuture();
    }

    private void awaitGoOn() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long number(Served served) {
        return Counter.number(((Served.Answered) served).bytes());
    }

    private final class Looping implements EntityType {
        private final boolean reentrant;

        Looping(boolean reentrant) {
            this.reentrant = reentrant;
        }

        @Override
        public String name() {
            return "loop";
        }

        @Override
        public Traits traits() {
            return new Traits(1, reentrant, Duration.ofMinutes(1));
        }

        @Override
        public Entity create(String key, EntityScope scope) {
            created.incrementAndGet();
            if (lives.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet() != 1) {
                flaws.incrementAndGet();
            }
            return new LoopingEntity(key, scope, reentrant);
        }
    }

    private final class LoopingEntity implements EntityType.Entity {
        private final String key;
        private final EntityScope scope;
        private final boolean reentrant;

        LoopingEntity(String key, EntityScope scope, boolean reentrant) {
            this.key = key;
            this.scope = scope;
            this.reentrant = reentrant;
        }

        private long value() {
            return scope.state().map(stored -> Counter.number(stored.bytes())).orElse(0L);
        }

        private long add() {
            long next = value() + 1;
            scope.state(Optional.of(Counter.number(next)));
            return next;
        }

        @Override
        public EntityType.Reply call(long method, byte[] arguments) throws Exception {
            AtomicInteger here = inside.computeIfAbsent(key, k -> new AtomicInteger());
            if (here.incrementAndGet() != 1 && !reentrant) {
                flaws.incrementAndGet();
            }
            try {
                return new EntityType.Reply(Counter.number(work(method)), true);
            } finally {
                here.decrementAndGet();
            }
        }

        private long work(long method) throws Exception {
            CallContext context = CallContext.current();
            if (method == CALL_SELF) {
                Served inner = HostThreadsTest.this.call(key, ADD, context).get(10, TimeUnit.SECONDS);
                if (inner instanceof Served.Failed failed) {
                    throw new IllegalStateException(failed.message());
                }
                return number(inner) * 100 + value();
            } else if (method == READ_ADD_CALL_SELF_SET) {
                long read = value();
                HostThreadsTest.this.call(key, ADD, context).get(10, TimeUnit.SECONDS);
                scope.state(Optional.of(Counter.number(read + 1)));
                return read + 1;
            } else if (method == CALL_OTHER_THAT_CALLS_BACK) {
                return number(
                        HostThreadsTest.this.call("other", CALL_BACK, context).get(10, TimeUnit.SECONDS));
            } else if (method == CALL_BACK) {
                Served back = HostThreadsTest.this.call("x", ADD, context).get(10, TimeUnit.SECONDS);
                return back instanceof Served.Failed ? -1 : number(back);
            } else if (method == WAIT) {
                began.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw e;
                }
            }
            return add();
        }

        @Override
        public void remind(String name) {}

        @Override
        public void passivate() {
            if (slowLeaving) {
                leaving.countDown();
                awaitGoOn();
            }
            AtomicInteger life = lives.get(key);
            if (life == null || life.decrementAndGet() != 0) {
                flaws.incrementAndGet();
            }
        }
    }

    @Test
    void callsOfOneEntityRunOneAtATimeInOrder() throws Exception {
        List<CompletableFuture<Served>> calls = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            calls.add(call("x", ADD));
        }
        for (int i = 0; i < calls.size(); i++) {
            assertThat(number(calls.get(i).get(10, TimeUnit.SECONDS))).isEqualTo(i + 1);
        }
        assertThat(flaws).hasValue(0);
    }

    @Test
    void aCallThatWouldWaitForItselfIsRefusedAtOnce() throws Exception {
        Served failed = call("x", CALL_SELF).get(10, TimeUnit.SECONDS);
        assertThat(((Served.Failed) failed).message())
                .contains("it is doing the call that has caused this one", "make the kind loop re-entrant");
        assertThat(number(call("x", CALL_OTHER_THAT_CALLS_BACK).get(10, TimeUnit.SECONDS)))
                .as("by way of another entity")
                .isEqualTo(-1);
    }

    @Test
    void aReentrantKindRunsTheInnerCallBesideTheOuterOneWhichSeesItsEffect() throws Exception {
        reentrant();
        assertThat(number(call("x", CALL_SELF).get(10, TimeUnit.SECONDS))).isEqualTo(101);
        assertThat(number(call("x", CALL_OTHER_THAT_CALLS_BACK).get(10, TimeUnit.SECONDS)))
                .isEqualTo(2);
    }

    @Test
    void anOuterCallDoesNotOverwriteWhatAnInnerOneChangedSinceItLooked() throws Exception {
        reentrant();
        Served served = call("x", READ_ADD_CALL_SELF_SET).get(10, TimeUnit.SECONDS);
        assertThat(((Served.Failed) served).message()).contains("read the state anew after calling out");
        assertThat(number(call("x", ADD).get(10, TimeUnit.SECONDS))).isEqualTo(2);
    }

    @Test
    void aReentrantKindLetsCallsOfOthersWait() throws Exception {
        reentrant();
        CompletableFuture<Served> first = call("x", WAIT);
        began.await();
        CompletableFuture<Served> second = call("x", ADD);
        assertThat(second).isNotDone();
        goOn.countDown();
        assertThat(number(second.get(10, TimeUnit.SECONDS))).isEqualTo(2);
        assertThat(first).isCompleted();
    }

    @Test
    void aFullMailboxRefusesAndTheSameCallJoinsTheFirst() throws Exception {
        host.close();
        host = hosted(EntityLimits.standard().withWaiting(10), false);
        CompletableFuture<Served> first = call("x", WAIT);
        began.await();
        List<CompletableFuture<Served>> waiting = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            waiting.add(call("x", ADD));
        }
        assertThatThrownBy(() -> call("x", ADD).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OverloadedException.class)
                .hasMessageContaining("calls (10) that wait for loop x are at their limit");
        numbers.addAndGet(-2); // the number of the last one that waits, again
        CompletableFuture<Served> again = call("x", ADD);
        goOn.countDown();
        assertThat(number(first.get(10, TimeUnit.SECONDS))).isEqualTo(1);
        assertThat(number(waiting.get(8).get(10, TimeUnit.SECONDS))).isEqualTo(10);
        assertThat(number(again.get(10, TimeUnit.SECONDS))).isEqualTo(10);
        numbers.incrementAndGet();
        assertThat(number(call("x", ADD).get(10, TimeUnit.SECONDS))).isEqualTo(11);
    }

    @Test
    void whatStopsInterruptsItsCallAndSendsTheOthersAway() throws Exception {
        CompletableFuture<Served> running = call("x", WAIT);
        began.await();
        CompletableFuture<Served> waiting = call("x", ADD);
        host.stop(0);
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(Served.Moved.class);
        assertThat(running.get(10, TimeUnit.SECONDS)).isInstanceOf(Served.Moved.class);
        assertThat(interrupted).hasValue(1);
        assertThat(call("x", ADD).get(10, TimeUnit.SECONDS)).isInstanceOf(Served.Moved.class);
    }

    @Test
    void whatDrainsEndsItsCallAndSendsTheOthersAway() throws Exception {
        CompletableFuture<Served> running = call("x", WAIT);
        began.await();
        CompletableFuture<Served> waiting = call("x", ADD);
        CompletableFuture<?> drained = host.drain(0).toCompletableFuture();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isInstanceOf(Served.Moved.class);
        assertThat(call("x", ADD).get(10, TimeUnit.SECONDS)).isInstanceOf(Served.Moved.class);
        assertThat(drained).isNotDone();
        goOn.countDown();
        assertThat(number(running.get(10, TimeUnit.SECONDS))).isEqualTo(1);
        drained.get(10, TimeUnit.SECONDS);
        assertThat(host.entities()).isZero();
    }

    @Test
    void aDrainWaitsUntilEveryEntityHasLeft() throws Exception {
        assertThat(number(call("x", ADD).get(10, TimeUnit.SECONDS))).isEqualTo(1);
        slowLeaving = true;
        CompletableFuture<?> drained = host.drain(0).toCompletableFuture();
        assertThat(leaving.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(drained).isNotDone();
        goOn.countDown();
        drained.get(10, TimeUnit.SECONDS);
    }

    @Test
    void entitiesThatLeaveTakeNoPlaceOfACall() throws Exception {
        host.close();
        host = hosted(EntityLimits.standard().withRunning(8).withMemory(1 << 20), false);
        slowLeaving = true;
        for (int i = 0; i < 1_200; i++) { // more than the memory holds
            assertThat(number(call("k" + i, ADD).get(10, TimeUnit.SECONDS))).isEqualTo(1);
        }
        assertThat(leaving.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(number(call("x", ADD).get(10, TimeUnit.SECONDS))).isEqualTo(1);
    }

    @Test
    void aCallWhoseDeadlinePassesIsInterrupted() throws Exception {
        CompletableFuture<Served> running = call("x", WAIT);
        began.await();
        ahead.set(Duration.ofMinutes(1).toNanos());
        assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS)).hasMessageContaining("its deadline passed");
        assertThat(interrupted).hasValue(1);
    }

    @Test
    void noEntityLivesTwiceWhileMemoryIsTooSmallForAll() throws Exception {
        host.close();
        lives.clear();
        host = hosted(EntityLimits.standard().withMemory(1 << 20), false); // room for about a thousand
        int threads = 4;
        List<CompletableFuture<Served>> calls = java.util.Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int from = t;
            environment.threads().start("test-caller-" + t, () -> {
                for (int i = 0; i < 2_500; i++) {
                    CompletableFuture<Served> call = call("k" + (i * 7 + from) % 2_500, ADD);
                    calls.add(call);
                    call.exceptionally(refused -> Served.MOVED).join();
                }
                done.countDown();
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(calls).allMatch(call -> !call.isCompletedExceptionally());
        assertThat(flaws).as("two lives or two calls at once").hasValue(0);
        assertThat(created.get()).as("they did leave").isGreaterThan(3_000);
        assertThat(host.entities()).isLessThan(1_500);
        long sum = 0;
        for (int i = 0; i < 2_500; i++) {
            sum += number(call("k" + i, ADD).get(10, TimeUnit.SECONDS)) - 1;
        }
        assertThat(sum).as("each call had its effect").isEqualTo(threads * 2_500L);
    }
}
