package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.IoThread;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The blocking forms, with real threads. */
@Timeout(60)
class LockViewTest {
    private final Environment environment = Environment.system();
    private final LocalLog log =
            new LocalLog(environment, new PrimitiveMachine(Consensus.types(), StateLimits.standard()));
    private final LocalLog.View log0 = log.new View();
    private final Consensus node0 = consensus(log0, "n0", Duration.ofSeconds(10));
    private final Consensus node1 = consensus(log.new View(), "n1", Duration.ofSeconds(10));

    private Consensus consensus(LocalLog.View view, String node, Duration timeToLive) {
        GroupSession session =
                GroupSession.start(view, NodeId.of(node), SessionConfig.lan().withTimeToLive(timeToLive), environment);
        return Consensus.of(session, new TextCodec(), environment);
    }

    @AfterEach
    void close() {
        environment.close();
    }

    @Test
    void threadsOfSeveralNodesExcludeOneAnother() throws InterruptedException {
        int[] unguarded = {0};
        CountDownLatch ended = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            Lock lock = (i % 2 == 0 ? node0 : node1).lock("l").asLock();
            environment.threads().start("worker-" + i, () -> {
                for (int turn = 0; turn < 20; turn++) {
                    lock.lock();
                    try {
                        int seen = unguarded[0];
                        for (int pass = 0; pass < 100; pass++) {
                            Thread.yield(); // whoever is let in now reads the same
                        }
                        unguarded[0] = seen + 1;
                    } finally {
                        lock.unlock();
                    }
                }
                ended.countDown();
            });
        }
        assertThat(ended.await(50, TimeUnit.SECONDS)).isTrue();
        assertThat(unguarded[0]).as("no turn was lost").isEqualTo(4 * 20);
    }

    /** More of them than watchers may run at once. */
    @Test
    void whoWaitsGetsItsLockAlsoWhileAllListenersBlockForIt() throws InterruptedException {
        int listeners = 256;
        ReplicatedMap<String, String> map = node0.map("m", String.class, String.class);
        CountDownLatch waiting = new CountDownLatch(listeners);
        CountDownLatch ended = new CountDownLatch(listeners);
        for (int i = 0; i < listeners; i++) {
            map.watch(MapRange.all(), 1, event -> {
                waiting.countDown();
                node0.lock("l").lock().close();
                ended.countDown();
            });
        }
        try (Lease held = node1.lock("l").lock()) {
            map.put("k", "v");
            assertThat(waiting.await(40, TimeUnit.SECONDS)).isTrue();
            assertThat(held.isHeld()).isTrue();
        }
        assertThat(ended.await(40, TimeUnit.SECONDS)).isTrue();
    }

    private static final class SocketThread extends Thread implements IoThread {
        SocketThread(Runnable task) {
            super(task);
        }
    }

    @Test
    void aThreadThatReadsSocketsAcquiresAndTakesNothingAndDoesNotWaitToGiveBack() throws InterruptedException {
        WorkQueue<String> queue = node0.queue("q", String.class, WorkQueueOptions.standard());
        queue.put("work");
        Lease held = node0.lock("held").lock();
        log0.leaveProposalsOpen();
        List<Throwable> refused = new CopyOnWriteArrayList<>();
        Lock view = node0.lock("l").asLock();
        List<Runnable> blocking = List.of(
                () -> node0.lock("l").lock(),
                () -> node0.lock("l").tryLock(),
                () -> node0.semaphore("s", 1).tryAcquire(1, Duration.ofSeconds(1)),
                view::lock,
                view::tryLock,
                () -> queue.poll(Duration.ofSeconds(1)),
                queue::remove);
        Thread thread = new SocketThread(() -> {
            for (Runnable call : blocking) {
                try {
                    call.run();
                } catch (IllegalStateException e) {
                    refused.add(e);
                }
            }
            held.close();
        });
        thread.start();
        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(refused)
                .hasSize(blocking.size())
                .allSatisfy(e -> assertThat(e).hasMessageContaining("Nothing was sent"));
        assertThat(held.isHeld()).isFalse();
        assertThat(node1.lock("l").holders(ReadConsistency.LOCAL))
                .isEqualTo(node1.lock("never").holders(ReadConsistency.LOCAL));
        assertThat(node1.queue("q", String.class, WorkQueueOptions.standard())
                        .counts(ReadConsistency.LOCAL)
                        .ready())
                .isEqualTo(1);
    }

    @Test
    void onlyTheReentrantViewLetsItsHolderInAgain() {
        Lock plain = node0.lock("plain").asLock();
        plain.lock();
        assertThatThrownBy(plain::lock)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("asReentrantLock()");
        plain.unlock();
        assertThatThrownBy(plain::unlock).isInstanceOf(IllegalMonitorStateException.class);
        Lock again = node0.lock("again").asReentrantLock();
        again.lock();
        assertThat(again.tryLock()).isTrue();
        again.unlock();
        assertThat(node1.lock("again").tryLock()).isEmpty();
        again.unlock();
        assertThat(node1.lock("again").tryLock()).isPresent();
        assertThatThrownBy(again::newCondition).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void theHoldersThreadIsInterruptedWhenTheLockIsLostAndUnlockSaysSo() {
        LocalLog.View own = log.new View();
        Lock lock = consensus(own, "n2", Duration.ofMillis(400)).lock("l").asLock();
        lock.lock();
        own.cut();
        assertThatThrownBy(() -> new CountDownLatch(1).await()).isInstanceOf(InterruptedException.class);
        assertThatThrownBy(lock::unlock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("has lost lock l");
        assertThat(node1.lock("l").tryLock(Duration.ofSeconds(20))).isPresent();
    }

    @Test
    void whoIsInterruptedOrTooLateWhileItWaitsLeavesTheQueue() {
        Lease held = node1.lock("l").lock();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> node0.lock("l").lock()).isInstanceOf(CallCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        Deadline soon = Deadline.after(environment.clock().nanoTime(), Duration.ofMillis(50));
        CallContext.EMPTY
                .withDeadline(soon)
                .run(() -> assertThatThrownBy(() -> node0.lock("l").lock())
                        .isInstanceOf(DeadlineExceededException.class)
                        .hasMessageContaining("holds nothing"));
        Lock view = node0.lock("l").asLock();
        Thread.currentThread().interrupt();
        assertThatThrownBy(view::lockInterruptibly).isInstanceOf(InterruptedException.class);
        held.close();
        try (Lease next = node0.lock("l").tryLock(Duration.ofSeconds(20)).orElseThrow()) {
            assertThat(next.isHeld()).isTrue();
        }
    }

    @Test
    void aDutyIsInterruptedAndReturnsBeforeAnotherNodeComesIntoOffice() throws InterruptedException {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        Registration first = node0.election("e").lead(term -> {
            events.add("begins");
            try {
                new CountDownLatch(1).await();
            } finally {
                // it takes its time to stop
                new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
                events.add("ends");
            }
        });
        assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("begins");
        Registration second = node1.election("e").lead(term -> events.add("next"));
        first.close();
        assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("ends");
        assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("next");
        second.close();
    }

    @Test
    void aRepeatedDutyOfANodeThatIsCutOffEndsBeforeTheNextOneBeginsEvenIfItSwallowsItsInterrupt()
            throws InterruptedException {
        BlockingQueue<Long> tokens = new LinkedBlockingQueue<>();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        LeaderElection.Duty duty = term -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            tokens.add(term.token());
            try {
                new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                tokens.add(-term.token());
            } finally {
                inside.decrementAndGet();
            }
        };
        LocalLog.View own = log.new View();
        Duration often = Duration.ofMillis(5);
        Candidacy first =
                consensus(own, "n2", Duration.ofMillis(800)).election("e").lead(often, duty);
        Long term = tokens.poll(20, TimeUnit.SECONDS);
        Candidacy second = node1.election("e").lead(often, duty);
        assertThat(tokens.poll(20, TimeUnit.SECONDS))
                .as("again, in the same term")
                .isEqualTo(term);
        own.cut();
        Long next = term;
        while (term.equals(next) || next == -term) {
            next = tokens.poll(20, TimeUnit.SECONDS);
        }
        assertThat(next).isGreaterThan(term);
        first.close();
        assertThat(second.withdraw().toCompletableFuture().join()).isTrue();
        assertThat(inside).hasValue(0);
        assertThat(most).hasValue(1);
    }

    @Test
    void whoResignsWaitsUntilItsDutiesHaveEnded() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        node0.election("e").lead(term -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                mayEnd.await();
            }
        });
        Candidacy waits = node1.election("e").lead(term -> {});
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> resigned = node0.resign().toCompletableFuture();
        assertThat(resigned).isNotDone();
        assertThat(node1.election("e")
                        .leader(ReadConsistency.LINEARIZABLE)
                        .orElseThrow()
                        .node())
                .isEqualTo(NodeId.of("n0"));
        mayEnd.countDown();
        assertThat(resigned.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
        waits.withdraw().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void whoListensToAnOfficeHearsWhoHoldsItAndOfTheLastChangeAlsoIfTheGroupDoesNotAnswerAtOnce()
            throws InterruptedException {
        BlockingQueue<Optional<LeaderElection.Term>> terms = new LinkedBlockingQueue<>();
        LeaderElection election = node1.election("e");
        Lease before = election.campaign();
        try (Registration listening = node0.election("e").onChange(terms::add)) {
            assertThat(terms.poll(20, TimeUnit.SECONDS))
                    .as("who held it when the listening began")
                    .contains(new LeaderElection.Term(NodeId.of("n1"), before.token()));
            log0.leaveUnanswered(3);
            before.close();
            assertThat(terms.poll(20, TimeUnit.SECONDS)).isEmpty();
            Lease term = election.campaign();
            assertThat(terms.poll(20, TimeUnit.SECONDS))
                    .contains(new LeaderElection.Term(NodeId.of("n1"), term.token()));
            term.close();
            assertThat(terms.poll(20, TimeUnit.SECONDS)).isEmpty();
        }
        election.campaign();
        assertThat(terms).isEmpty();
    }

    @Test
    void aRepeatedDutyThatSomebodyElseInterruptsIsAFailureAndIsDoneAgain() throws InterruptedException {
        BlockingQueue<Long> tokens = new LinkedBlockingQueue<>();
        Candidacy job = node0.election("e").lead(Duration.ofMillis(5), term -> {
            if (tokens.isEmpty()) {
                Thread.currentThread().interrupt(); // as a library does that was interrupted itself
            }
            tokens.add(term.token());
        });
        Long first = tokens.poll(20, TimeUnit.SECONDS);
        assertThat(tokens.poll(20, TimeUnit.SECONDS)).as("a later term").isGreaterThan(first);
        job.withdraw().toCompletableFuture().join();
    }

    @Test
    void aThreadThatHasLostItsLockIsNotMadeToWaitForItself() {
        LocalLog.View own = log.new View();
        Lock lock = consensus(own, "n2", Duration.ofMillis(400)).lock("l").asReentrantLock();
        lock.lock();
        own.cut();
        assertThatThrownBy(() -> new CountDownLatch(1).await()).isInstanceOf(InterruptedException.class);
        assertThatThrownBy(lock::lock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessageContaining("unlock it, then acquire it again");
        assertThatThrownBy(lock::unlock).hasMessageContaining("has lost lock l");
    }

    @Test
    void blockingFormsWaitForTheirAnswers() {
        assertThat(node0.counter("c").add(2)).isEqualTo(2);
        assertThat(node1.counter("c").get()).isEqualTo(2);
        assertThat(node0.ids("i", 10).next()).isEqualTo(1);
        assertThat(node0.ref("r", String.class).update(old -> Optional.of("a"))).contains("a");
        WorkQueue<String> queue = node0.queue("q", String.class, WorkQueueOptions.standard());
        queue.put("work");
        assertThat(queue.poll(Duration.ofSeconds(20)).orElseThrow().ack()).isTrue();
        assertThat(node0.latch("open").await(Duration.ofSeconds(20))).isTrue();
        assertThat(node0.barrier("b", 1).await(Duration.ofSeconds(20))).isTrue();
        assertThat(node0.topic("t", String.class, 10).append("m")).isZero();
        assertThat(node0.barrier("b", 2).waiting(ReadConsistency.LOCAL)).isZero();
        assertThat(node0.counter("c").get(ReadConsistency.LOCAL)).isEqualTo(2);
        assertThat(node0.ref("r", String.class).get(ReadConsistency.LOCAL)).contains("a");
        CompletableFuture<Lease> cancelled;
        try (Lease two = node0.semaphore("s", 2).acquire(2);
                Lease lock = node0.lock("l").lockAsync().join()) {
            assertThat(node1.semaphore("s", 2).tryAcquire(1, Duration.ZERO)).isEmpty();
            assertThat(two.token()).isPositive();
            cancelled = node1.semaphore("s", 2).acquireAsync(1);
            assertThat(node1.lock("l").lockAsync().cancel(false)).isTrue();
            assertThat(cancelled.cancel(false)).isTrue();
            assertThat(lock.isHeld()).isTrue();
        }
        assertThat(node1.semaphore("s", 2).tryAcquire(2, Duration.ofSeconds(20)))
                .as("who cancels leaves the queue")
                .isPresent();
        assertThat(node1.lock("l").tryLock(Duration.ofSeconds(20))).isPresent();
    }
}
