package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.primitive.QueueType.Counts;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.RefusedException;
import io.holdfast.consensus.session.SessionChange;
import io.holdfast.consensus.session.SessionLostException;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.env.Registration;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The primitives on a group in virtual time, with leaders that fall. */
class PrimitivesTest {
    private final SimGroup group = new SimGroup(11);
    private final GroupSession session0 = group.session(0);
    private final GroupSession session1 = group.session(1);
    private final GroupSession session2 = group.session(2);
    private final Consensus node0 = group.consensus(session0);
    private final Consensus node1 = group.consensus(session1);

    private <T> T done(CompletionStage<T> stage) {
        return group.done(stage);
    }

    @Test
    void everyAcknowledgedAddIsCountedOnceWhileAnswersAreLostAndLeadersFall() {
        AtomicCounter counter = group.consensus(group.lossySession(0, 5)).counter("views");
        List<CompletableFuture<Long>> adds = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            adds.add(counter.addAsync(1).toCompletableFuture());
            group.advance(Duration.ofMillis(5));
            if (i % 60 == 10) {
                group.isolate(2 - i % 3);
            } else if (i % 60 == 40) {
                group.heal();
            }
        }
        group.heal();
        group.await("all answers", () -> adds.stream().allMatch(CompletableFuture::isDone));
        long acknowledged =
                adds.stream().filter(add -> !add.isCompletedExceptionally()).count();
        long unknown = adds.stream().filter(PrimitivesTest::isUnknown).count();
        assertThat(done(counter.getAsync())).isBetween(acknowledged, acknowledged + unknown);
        assertThat(acknowledged).isGreaterThan(200);
    }

    private static boolean isUnknown(CompletableFuture<Long> add) {
        try {
            add.join();
            return false;
        } catch (CompletionException e) {
            return e.getCause() instanceof HoldfastException known && known.retry() == Retry.IF_IDEMPOTENT;
        }
    }

    @Test
    void aBoundedCounterRefusesToLeaveItsBounds() {
        AtomicCounter seats = node0.counter("seats", 0, 2);
        assertThat(done(seats.addAsync(2))).isEqualTo(2);
        assertThatThrownBy(() -> done(seats.addAsync(1)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("counter seats (2) plus 1 must stay between 0 and 2");
        assertThat(done(seats.compareAndSetAsync(2, 1))).isTrue();
        assertThat(done(seats.compareAndSetAsync(2, 0))).isFalse();
        assertThat(done(seats.getAndSetAsync(0))).isEqualTo(1);
        assertThatThrownBy(() -> node0.counter("seats", 1, 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anUpdateOfAReferenceLosesNothingToOthers() {
        AtomicRef<String> first = node0.ref("list", String.class);
        AtomicRef<String> second = node1.ref("list", String.class);
        List<CompletableFuture<?>> updates = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            AtomicRef<String> ref = i % 2 == 0 ? first : second;
            updates.add(
                    ref.updateAsync(old -> Optional.of(old.orElse("") + "x")).toCompletableFuture());
        }
        group.await("all updates", () -> updates.stream().allMatch(CompletableFuture::isDone));
        assertThat(done(second.getAsync())).contains("x".repeat(10));
        assertThat(done(first.getAndSetAsync(Optional.empty()))).contains("x".repeat(10));
        assertThat(done(second.compareAndSetAsync(Optional.empty(), Optional.of("new"))))
                .isTrue();
    }

    @Test
    void whoWaitsForALockGetsItWhenItIsGivenBackAndTheTokenGrows() {
        Lease first = done(node0.lock("l").tryLockAsync()).orElseThrow();
        assertThat(done(node1.lock("l").tryLockAsync())).isEmpty();
        CompletableFuture<Optional<Lease>> second = node1.lock("l").tryLockAsync(Duration.ofMinutes(10));
        group.advance(Duration.ofMinutes(1));
        assertThat(second).isNotDone();
        Holders holders = done(node0.lock("l").holdersAsync(ReadConsistency.LINEARIZABLE));
        assertThat(holders.holding()).extracting(Holders.Holder::node).containsExactly("n0");
        assertThat(holders.queue()).extracting(Holders.Holder::node).containsExactly("n1");
        assertThat(done(first.release())).isTrue();
        Lease later = done(second).orElseThrow();
        assertThat(later.token()).isGreaterThan(first.token());
        assertThat(later.context().fencingToken()).hasValue(later.token());
        assertThat(first.isHeld()).isFalse();
    }

    @Test
    void aHolderThatIsCutOffKnowsItBeforeAnotherOneGetsTheLock() {
        Lease cut = done(node0.lock("l").tryLockAsync()).orElseThrow();
        List<String> told = new ArrayList<>();
        cut.onLost(() -> told.add("lost"));
        CompletableFuture<Optional<Lease>> next = node1.lock("l").tryLockAsync(Duration.ofMinutes(1));
        group.advance(Duration.ofSeconds(1));
        group.isolate(0);
        group.await("the loss", () -> !told.isEmpty());
        assertThat(next).isNotDone();
        assertThat(cut.isHeld()).isFalse();
        group.await("the next holder", next::isDone);
        assertThat(next.join().orElseThrow().isHeld()).isTrue();
        group.heal();
        group.advance(Duration.ofSeconds(20));
        assertThat(cut.isHeld()).isFalse();
        assertThat(told).hasSize(1);
    }

    @Test
    void closingASessionGivesBackWhatItHeld() {
        Lease lease = done(node0.lock("l").tryLockAsync()).orElseThrow();
        CompletableFuture<Optional<Lease>> next = node1.lock("l").tryLockAsync(Duration.ofMinutes(1));
        group.advance(Duration.ofSeconds(1));
        session0.close();
        assertThat(lease.isHeld()).isFalse();
        assertThat(done(next)).isPresent();
    }

    @Test
    void whoWaitsWhenItsNodeClosesIsToldSo() {
        done(node1.lock("l").tryLockAsync()).orElseThrow();
        done(node1.latch("start").trySetAsync(1));
        CompletableFuture<Boolean> onlyReads =
                group.consensus(session2).latch("start").awaitAsync(Duration.ofDays(1));
        List<CompletableFuture<?>> waits = List.of(
                node0.lock("l").lockAsync(),
                node0.lock("l").tryLockAsync(Duration.ofDays(1)),
                node0.latch("start").awaitAsync(Duration.ofDays(1)),
                node0.queue("q", String.class, WorkQueueOptions.standard()).pollAsync(Duration.ofDays(1)));
        CompletableFuture<Boolean> party = node0.barrier("phase", 2).awaitAsync(Duration.ofDays(1));
        group.advance(Duration.ofSeconds(5));
        assertThat(waits).noneMatch(CompletableFuture::isDone);
        session0.close();
        session2.close();
        for (CompletableFuture<?> wait : waits) {
            assertThatThrownBy(() -> done(wait)).isInstanceOf(NotAppliedException.class);
        }
        assertThatThrownBy(() -> done(onlyReads)).hasMessageContaining("n2 with group meta was closed");
        assertThatThrownBy(() -> done(node0.latch("start").awaitAsync(Duration.ofDays(1))))
                .as("also who comes later")
                .isInstanceOf(NotAppliedException.class);
        assertThatThrownBy(() -> done(party))
                .isInstanceOf(SessionLostException.class)
                .hasMessageContaining("agree with the others");
    }

    @Test
    void whoCancelsOrWaitsTooLongLeavesTheQueue() {
        Lease first = done(node0.lock("l").tryLockAsync()).orElseThrow();
        CompletableFuture<Optional<Lease>> cancelled = node1.lock("l").tryLockAsync(Duration.ofMinutes(1));
        CompletableFuture<Optional<Lease>> impatient = node1.lock("l").tryLockAsync(Duration.ofSeconds(1));
        group.advance(Duration.ofMillis(500));
        cancelled.cancel(false);
        assertThat(done(impatient)).isEmpty();
        group.advance(Duration.ofSeconds(1));
        assertThat(done(node0.lock("l").holdersAsync(ReadConsistency.LINEARIZABLE))
                        .waiting())
                .isZero();
        first.release();
        assertThat(done(node0.lock("l").tryLockAsync())).isPresent();
    }

    @Test
    void aWriterExcludesReadersAndIsNotStarvedByThem() {
        ReadWriteLock lock = node0.readWriteLock("rw");
        Lease reader1 = done(lock.readLock().tryLockAsync()).orElseThrow();
        Lease reader2 =
                done(node1.readWriteLock("rw").readLock().tryLockAsync()).orElseThrow();
        CompletableFuture<Optional<Lease>> writer = lock.writeLock().tryLockAsync(Duration.ofMinutes(1));
        group.advance(Duration.ofSeconds(1));
        assertThat(done(lock.readLock().tryLockAsync()))
                .as("a reader behind a writer")
                .isEmpty();
        reader1.release();
        reader2.release();
        Lease writes = done(writer).orElseThrow();
        assertThat(done(lock.readLock().tryLockAsync())).isEmpty();
        done(writes.release());
        assertThat(done(lock.readLock().tryLockAsync())).isPresent();
    }

    @Test
    void oneNodeIsInOfficeAndTheNextFollowsWhenItIsCutOff() {
        List<String> log = new ArrayList<>();
        Registration first = node0.election("trending").lead(term -> log.add("n0 " + tokenOfCall()));
        group.await("a leader", () -> log.size() == 1);
        Registration second = node1.election("trending").lead(term -> log.add("n1 " + tokenOfCall()));
        group.advance(Duration.ofSeconds(30));
        assertThat(log).hasSize(1);
        group.isolate(0);
        group.await("the next leader", () -> log.size() == 2);
        LeaderElection.Term term = done(node1.election("trending").leaderAsync(ReadConsistency.LINEARIZABLE))
                .orElseThrow();
        assertThat(log.get(1))
                .isEqualTo(term.node().value() + " " + term.token())
                .startsWith("n1");
        group.heal();
        group.advance(Duration.ofSeconds(5));
        second.close();
        group.await("the first one again", () -> log.size() == 3);
        assertThat(log.get(2)).startsWith("n0");
        first.close();
        group.advance(Duration.ofSeconds(5));
        assertThat(done(node1.election("trending").leaderAsync(ReadConsistency.LINEARIZABLE)))
                .isEmpty();
    }

    private static long tokenOfCall() {
        return CallContext.current().fencingToken().orElse(-1);
    }

    @Test
    void aDutyThatFailsResignsAndStandsAgain() {
        List<Long> tokens = new ArrayList<>();
        Registration lead = node0.election("job").lead(term -> {
            tokens.add(term.token());
            throw new IllegalStateException("planned");
        });
        group.await("three terms", () -> tokens.size() == 3);
        lead.close();
        assertThat(tokens).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void whoWaitsForWorkIsWokenAndWhatIsNotAcknowledgedComesBack() {
        WorkQueue<String> queue = node0.queue(
                "thumbnails", String.class, WorkQueueOptions.standard().withMaxDeliveries(2));
        CompletableFuture<Optional<WorkItem<String>>> waits =
                queue.pollAsync(Duration.ofMinutes(5)).toCompletableFuture();
        group.advance(Duration.ofSeconds(30));
        assertThat(waits).isNotDone();
        done(node1.queue("thumbnails", String.class, WorkQueueOptions.standard().withMaxDeliveries(2))
                .putAsync("a"));
        WorkItem<String> item = done(waits).orElseThrow();
        assertThat(item.value()).isEqualTo("a");
        assertThat(done(queue.pollAsync())).isEmpty();
        WorkItem<String> again = done(queue.pollAsync(Duration.ofMinutes(1))).orElseThrow();
        assertThat(again.deliveries()).isEqualTo(2);
        assertThat(again.token()).isGreaterThan(item.token());
        assertThat(done(item.ackAsync()))
                .as("an acknowledgement that comes too late")
                .isFalse();
        assertThat(done(again.nackAsync())).isTrue();
        assertThat(done(queue.countsAsync(ReadConsistency.LINEARIZABLE))).isEqualTo(new Counts(0, 0, 1));
        assertThat(done(queue.pollDeadAsync()).orElseThrow().value()).isEqualTo("a");
    }

    @Test
    void whoCancelsItsWaitForWorkTakesNone() {
        WorkQueue<String> queue = node0.queue("q", String.class, WorkQueueOptions.standard());
        CompletableFuture<Optional<WorkItem<String>>> cancelled = queue.pollAsync(Duration.ofMinutes(10));
        group.advance(Duration.ofSeconds(2));
        cancelled.cancel(false);
        done(queue.putAsync("a"));
        group.advance(Duration.ofSeconds(2));
        assertThat(done(queue.countsAsync(ReadConsistency.LINEARIZABLE))).isEqualTo(new Counts(1, 0, 0));
        CompletableFuture<Optional<WorkItem<String>>> tooLate = queue.pollAsync(Duration.ofMinutes(10));
        tooLate.cancel(false); // it is being taken already
        group.advance(Duration.ofSeconds(2));
        assertThat(done(queue.countsAsync(ReadConsistency.LINEARIZABLE))).isEqualTo(new Counts(1, 0, 0));
        assertThat(done(queue.pollAsync()).orElseThrow().deliveries()).isEqualTo(2);
    }

    @Test
    void whatIsRemovedFromAQueueNeverComesBack() {
        WorkQueue<String> queue = node0.queue("q", String.class, WorkQueueOptions.standard());
        done(queue.putAsync("a"));
        done(queue.putAsync("b"));
        assertThat(done(queue.removeAsync()).orElseThrow().value()).isEqualTo("a");
        group.advance(Duration.ofMinutes(2));
        assertThat(done(queue.removeAsync()).orElseThrow().value()).isEqualTo("b");
        assertThat(done(queue.removeAsync())).isEmpty();
        assertThat(done(queue.countsAsync(ReadConsistency.LINEARIZABLE))).isEqualTo(new Counts(0, 0, 0));
    }

    @Test
    void anItemThatCannotBeDecodedIsHandedOutWithItsBytes() {
        WorkQueueOptions once = WorkQueueOptions.standard().withMaxDeliveries(1);
        WorkQueue<String> puts = node0.queue("q", String.class, once);
        WorkQueue<String> reads = Consensus.of(session1, new UnreadableCodec(), group.environment())
                .queue("q", String.class, once);
        done(puts.putAsync("poison"));
        done(puts.putAsync("second"));
        WorkItem<String> item = done(reads.pollAsync()).orElseThrow();
        assertThatThrownBy(item::value)
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("item " + item.id() + " of queue q is not of the type that this node expects");
        assertThat(done(item.nackAsync())).isTrue();
        WorkItem<String> dead = done(reads.pollDeadAsync()).orElseThrow();
        assertThat(new String(dead.bytes(), StandardCharsets.UTF_8)).isEqualTo("poison");
        WorkItem<String> removed = done(reads.removeAsync()).orElseThrow();
        assertThat(new String(removed.bytes(), StandardCharsets.UTF_8)).isEqualTo("second");
    }

    /** As if the item were of another type. */
    private static final class UnreadableCodec implements Codec {
        @Override
        public <T> TypeCodec<T> forType(Type type) {
            return new TypeCodec<>() {
                @Override
                public byte[] encode(@Nullable T value) {
                    throw new UnsupportedOperationException("nothing is put");
                }

                @Override
                public T decode(byte[] bytes) {
                    throw new CodecException("planned");
                }
            };
        }

        @Override
        public TypeCodec<Object[]> forArguments(List<Type> types) {
            throw new UnsupportedOperationException("queues have no arguments");
        }
    }

    @Test
    void aFullQueueRefusesAndWorkThatTakesLongerStaysTaken() {
        WorkQueue<String> queue =
                node0.queue("q", String.class, WorkQueueOptions.standard().withCapacity(1));
        done(queue.putAsync("a"));
        assertThatThrownBy(() -> done(queue.putAsync("b")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("capacity is 1");
        WorkItem<String> item = done(queue.pollAsync()).orElseThrow();
        assertThat(done(item.extendAsync(Duration.ofMinutes(5)))).isTrue();
        group.advance(Duration.ofMinutes(2));
        assertThat(done(queue.pollAsync())).isEmpty();
        assertThat(done(item.ackAsync())).isTrue();
        done(queue.putAsync("b"));
    }

    @Test
    void generatorsOnSeveralNodesGiveNoNumberTwiceAndEachGrows() {
        Set<Long> given = new HashSet<>();
        List<IdGenerator> generators = List.of(
                node0.ids("orders", 7),
                node1.ids("orders", 3),
                group.consensus(group.lossySession(1, 3)).ids("orders", 5));
        for (IdGenerator generator : generators) {
            List<Long> mine = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                mine.add(done(generator.nextAsync()));
            }
            assertThat(mine).isSorted().doesNotHaveDuplicates();
            mine.forEach(id -> assertThat(given.add(id)).isTrue());
        }
    }

    @Test
    void whoJoinedARefillOfSomebodyWithLessTimeAsksAgainUntilItsOwnDeadline() {
        IdGenerator generator = node0.ids("orders", 10);
        group.isolate(0);
        CompletableFuture<Long> hasty = nextWithin(generator, Duration.ofSeconds(1));
        CompletableFuture<Long> patient = nextWithin(generator, Duration.ofMinutes(1));
        assertThatThrownBy(() -> done(hasty)).isInstanceOf(HoldfastException.class);
        assertThat(patient).isNotDone();
        assertThatThrownBy(() -> done(nextWithin(generator, Duration.ofSeconds(1))))
                .as("nor does it wait for somebody with more time")
                .isInstanceOf(NotAppliedException.class);
        assertThat(patient).isNotDone();
        group.heal();
        assertThat(done(patient)).isPositive();
    }

    @SuppressWarnings("try") // the scope is the effect
    private CompletableFuture<Long> nextWithin(IdGenerator generator, Duration time) {
        Deadline deadline = Deadline.after(group.environment().clock().nanoTime(), time);
        try (CallContext.Scope scope = CallContext.EMPTY.withDeadline(deadline).open()) {
            return generator.nextAsync().toCompletableFuture();
        }
    }

    @Test
    void aLatchOpensForAllWhoWaitAtZero() {
        assertThat(done(node0.latch("start").trySetAsync(2))).isTrue();
        assertThat(done(node1.latch("start").trySetAsync(5))).isFalse();
        CompletableFuture<Boolean> waits =
                node1.latch("start").awaitAsync(Duration.ofMinutes(1)).toCompletableFuture();
        assertThat(done(node0.latch("start").awaitAsync(Duration.ofSeconds(1)))).isFalse();
        assertThat(done(node0.latch("start").countDownAsync())).isEqualTo(1);
        assertThat(waits).isNotDone();
        assertThat(done(node0.latch("start").countDownAsync())).isZero();
        assertThat(done(waits)).isTrue();
        assertThat(done(node0.latch("start").countAsync(ReadConsistency.LINEARIZABLE)))
                .isZero();
    }

    @Test
    void partiesWaitForOneAnotherAndOneThatLeavesIsNotCounted() {
        Barrier here = node0.barrier("phase", 2);
        Barrier there = node1.barrier("phase", 2);
        assertThat(done(here.awaitAsync(Duration.ofSeconds(1)))).isFalse();
        for (int round = 0; round < 3; round++) {
            CompletableFuture<Boolean> waits =
                    here.awaitAsync(Duration.ofMinutes(1)).toCompletableFuture();
            group.advance(Duration.ofSeconds(2));
            assertThat(waits).isNotDone();
            assertThat(done(there.awaitAsync(Duration.ofMinutes(1)))).isTrue();
            assertThat(done(waits)).isTrue();
        }
        assertThat(done(here.waitingAsync(ReadConsistency.LINEARIZABLE))).isZero();
    }

    @Test
    void aPartyThatIsCancelledIsNotCounted() {
        CompletableFuture<Boolean> cancelled = node0.barrier("phase", 2).awaitAsync(Duration.ofMinutes(10));
        group.advance(Duration.ofSeconds(2));
        assertThat(done(node1.barrier("phase", 2).waitingAsync(ReadConsistency.LINEARIZABLE)))
                .isEqualTo(1);
        cancelled.cancel(false);
        group.advance(Duration.ofSeconds(2));
        assertThat(done(node1.barrier("phase", 2).waitingAsync(ReadConsistency.LINEARIZABLE)))
                .isZero();
        assertThat(done(node1.barrier("phase", 2).awaitAsync(Duration.ofSeconds(2))))
                .isFalse();
    }

    @Test
    void aPartyWhoseSessionHasEndedIsToldLongBeforeItsTimeIsOver() {
        CompletableFuture<Boolean> waits = node0.barrier("phase", 2).awaitAsync(Duration.ofHours(10));
        group.advance(Duration.ofSeconds(2));
        group.isolate(0);
        group.advance(Duration.ofSeconds(30));
        group.heal();
        assertThatThrownBy(() -> done(waits))
                .isInstanceOf(SessionLostException.class)
                .hasMessageContaining("agree with the others");
    }

    @Test
    void aSubscriberGetsEachMessageOnceInOrderAndResumesWhereItStood() {
        Topic<String> topic = node0.topic("news", String.class, 100);
        List<String> got = new ArrayList<>();
        Registration subscription =
                node1.topic("news", String.class, 100).subscribe(0, (offset, value) -> got.add(offset + value));
        for (int i = 0; i < 20; i++) {
            topic.appendAsync("m");
            group.advance(Duration.ofMillis(100));
            if (i == 8) {
                group.restart(2);
            }
        }
        group.await("all messages", () -> got.size() == 20);
        subscription.close();
        done(topic.appendAsync("late"));
        group.advance(Duration.ofSeconds(2));
        assertThat(got).hasSize(20).startsWith("0m", "1m").endsWith("19m");
        node0.topic("news", String.class, 100).subscribe(20, (offset, value) -> got.add(offset + value));
        group.await("the message after", () -> got.size() == 21);
        assertThat(got).endsWith("20late");
    }

    @Test
    void aSubscriberIsToldOfMessagesThatWereForgotten() {
        Topic<String> topic = node0.topic("news", String.class, 3);
        for (int i = 0; i < 10; i++) {
            done(topic.appendAsync("m" + i));
        }
        List<String> got = new ArrayList<>();
        topic.subscribe(2, new TopicListener<>() {
            @Override
            public void onMessage(long offset, String value) {
                got.add(value);
            }

            @Override
            public void onGap(long from, long to) {
                got.add(from + "-" + to);
            }
        });
        group.await("the rest", () -> got.size() == 4);
        assertThat(got).containsExactly("2-7", "m7", "m8", "m9");
        assertThat(done(topic.readAsync(0, 10, ReadConsistency.LINEARIZABLE)).messages())
                .containsExactly("m7", "m8", "m9");
    }

    @Test
    void whoHearsOfTheEndOfItsSessionPutsItsEphemeralKeyAgain() {
        ReplicatedMap<String, String> here = node0.map("here", String.class, String.class);
        node0.session().listen(change -> {
            if (change.state() == SessionChange.State.LOST) {
                here.putAsync("n0", "again", PutOptions.ofSession());
            }
        });
        done(here.putAsync("n0", "first", PutOptions.ofSession()));
        group.isolate(0);
        group.advance(Duration.ofSeconds(30));
        ReplicatedMap<String, String> there = node1.map("here", String.class, String.class);
        assertThat(done(there.getAsync("n0"))).isEmpty();
        group.heal();
        group.await("the key", () -> done(there.getAsync("n0")).isPresent());
        assertThat(done(there.getAsync("n0"))).contains("again");
        session0.close();
        group.await("its end", () -> done(there.getAsync("n0")).isEmpty());
    }

    @Test
    void aNameIsRefusedBeforeAnythingIsSentIfItHasTooManyBytes() {
        assertThatThrownBy(() -> node0.lock("\u00fc".repeat(128)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes of the name")
                .hasMessageContaining("256")
                .hasMessageContaining("255");
        assertThatThrownBy(() -> node0.counter("")).hasMessageContaining("bytes of the name");
    }

    @Test
    void aNameThatNobodyUsesAnyMoreCostsNothing() {
        long before = group.agreed().rows();
        for (int i = 0; i < 200; i++) {
            done(node0.lock("l" + i).tryLockAsync()).orElseThrow().release();
            done(node0.counter("c" + i).addAsync(1));
            done(node0.counter("c" + i).addAsync(-1));
            ReplicatedMap<String, String> mine = node0.map("m" + i, String.class, String.class);
            ReplicatedMap<String, String> theirs = node1.map("m" + i, String.class, String.class);
            done(mine.putAsync("a", "1", PutOptions.ofSession()));
            done(theirs.putAsync("b", "1", PutOptions.ofSession()));
            done(theirs.putAsync("a", "1", PutOptions.ofSession()));
            done(mine.removeAsync("b"));
            done(mine.removeAsync("a"));
        }
        group.advance(Duration.ofSeconds(30));
        assertThat(group.agreed().rows()).isLessThanOrEqualTo(before + 9);
    }
}
