package io.holdfast.consensus.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Registration;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupLogTest {
    private final Map<Integer, Register> registers = new HashMap<>();
    private ModelCluster cluster = new ModelCluster(11, 1, 0, GroupLogConfig.lan(), node -> new Register());

    private void start(int voters, int gateways, GroupLogConfig config) {
        cluster = new ModelCluster(11, voters, gateways, config, node -> {
            registers.put(node, new Register());
            return register(node);
        });
    }

    private Register register(int node) {
        return Objects.requireNonNull(registers.get(node), "no register there");
    }

    private Deadline within(Duration duration) {
        return Deadline.after(cluster.clock().nanoTime(), duration);
    }

    private CompletableFuture<byte[]> propose(int node, String command, Duration limit) {
        return cluster.log(node).propose(Register.bytes(command), within(limit)).toCompletableFuture();
    }

    private CompletableFuture<byte[]> query(int node, ReadConsistency consistency, Duration limit) {
        return cluster.log(node).query(new byte[0], consistency, within(limit)).toCompletableFuture();
    }

    private <T> T done(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        cluster.advanceUntil("it ends", future::isDone);
        return future.join();
    }

    private Throwable failure(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        cluster.advanceUntil("it ends", future::isDone);
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
        } catch (CompletionException e) {
            return Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("it did not fail");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int appends() {
        return IntStream.range(0, cluster.group.voters.size())
                .map(i -> cluster.raft(i).appends)
                .sum();
    }

    @Test
    void aCommandThatFindsNothingUnderWayIsAppendedAtOnce() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        int before = appends();
        CompletableFuture<byte[]> result = propose(leader, "a", Duration.ofSeconds(1));
        assertThat(appends()).isEqualTo(before + 1);
        assertThat(text(done(result))).isEqualTo("1:a");
    }

    @Test
    void commandsOfAllNodesThatComeTogetherShareFewEntries() {
        start(3, 2, GroupLogConfig.lan());
        cluster.leader();
        done(propose(4, "first", Duration.ofSeconds(5)));
        int before = appends();
        List<CompletableFuture<byte[]>> results = IntStream.range(0, 1000)
                .mapToObj(i -> propose(i % 5, "c" + i, Duration.ofSeconds(5)))
                .toList();
        for (int i = 0; i < 1000; i++) {
            assertThat(text(done(results.get(i)))).endsWith(":c" + i);
        }
        assertThat(appends() - before).isBetween(2, 20);
    }

    @Test
    void beyondTheBoundCommandsAreRefusedWithADelayAndTheOthersAreDone() {
        start(3, 0, LogConfigs.queued(20));
        int leader = cluster.leader();
        List<CompletableFuture<byte[]>> results = IntStream.range(0, 100)
                .mapToObj(i -> propose(leader, "c" + i, Duration.ofSeconds(5)))
                .toList();
        int refused = 0;
        for (CompletableFuture<byte[]> result : results) {
            if (result.isCompletedExceptionally()) {
                refused++;
                assertThat(failure(result))
                        .isInstanceOfSatisfying(
                                OverloadedException.class,
                                e -> assertThat(e.retryAfter()).isPresent());
            } else {
                done(result);
            }
        }
        assertThat(refused).isEqualTo(79); // one is under way, 20 wait
        assertThat(text(done(propose(leader, "later", Duration.ofSeconds(5))))).isEqualTo("22:later");
    }

    /** Callers that have given up make room under either bound. */
    @Test
    void commandsThatHaveEndedTakeNoBytesOfTheQueueFromThoseThatFollow() {
        start(3, 1, GroupLogConfig.lan());
        cluster.leader();
        cluster.isolate(3);
        byte[] large = new byte[512 * 1024];
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<byte[]>> results = IntStream.range(0, 32) // 16 MiB, the bound
                    .mapToObj(i -> cluster.log(3)
                            .propose(large, within(Duration.ofMillis(200)))
                            .toCompletableFuture())
                    .toList();
            results.forEach(result -> assertThat(failure(result)).isInstanceOf(NotAppliedException.class));
        }
    }

    @Test
    void aReadThatCannotBeginKeepsNoPlace() {
        GroupLogConfig config = GroupLogConfig.lan();
        start(1, 0, config);
        done(propose(0, "a", Duration.ofSeconds(5)));
        Objects.requireNonNull(cluster.node(0).attached()).close();
        AtomicInteger looks = new AtomicInteger(Integer.MAX_VALUE);
        cluster.log(0)
                .attach(failing(looks), Objects.requireNonNull(cluster.node(0).applier()));
        done(propose(0, "b", Duration.ofSeconds(5)));
        for (int i = 0; i <= config.waitingReads(); i++) {
            looks.set(1); // that the replica serves is seen, whether it leads is not
            CompletableFuture<byte[]> read = query(0, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5));
            assertThat(read).isCompletedExceptionally();
            assertThat(failure(read)).hasStackTraceContaining("no status");
        }
        looks.set(Integer.MAX_VALUE);
        assertThat(text(done(query(0, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)))))
                .isEqualTo("2:b");
    }

    /** Its status can be asked for so many times. */
    private RaftReplica failing(AtomicInteger looks) {
        RaftReplica raft = cluster.raft(0);
        return (RaftReplica) Proxy.newProxyInstance(
                RaftReplica.class.getClassLoader(), new Class<?>[] {RaftReplica.class}, (proxy, method, args) -> {
                    if (method.getName().equals("status") && looks.getAndDecrement() <= 0) {
                        throw new IllegalStateException("no status");
                    }
                    return method.invoke(raft, args);
                });
    }

    @Test
    void aCommandTooLargeIsRefusedWithTheBound() {
        start(1, 0, GroupLogConfig.lan());
        assertThatThrownBy(() -> cluster.log(0).propose(new byte[512 * 1024 + 1], within(Duration.ofSeconds(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("524289")
                .hasMessageContaining("max-command-size");
    }

    @Test
    void theLargestCommandsOfManyNodesFitIntoEntries() {
        start(3, 1, GroupLogConfig.lan());
        cluster.leader();
        byte[] large = new byte[512 * 1024];
        List<CompletableFuture<byte[]>> results = IntStream.range(0, 8)
                .mapToObj(i -> cluster.log(i % 4)
                        .propose(large, within(Duration.ofSeconds(5)))
                        .toCompletableFuture())
                .toList();
        results.forEach(this::done);
    }

    @Test
    void aCommandWithoutALeaderWaitsForOneAndIsSurelyNotAppliedAfterItsDeadline() {
        start(3, 1, GroupLogConfig.lan());
        cluster.leader();
        cluster.isolate(3);
        CompletableFuture<byte[]> patient = propose(3, "patient", Duration.ofSeconds(20));
        Throwable refused = failure(propose(3, "hasty", Duration.ofMillis(200)));
        assertThat(refused).isInstanceOf(NotAppliedException.class).hasMessageContaining("meta");
        cluster.heal();
        assertThat(text(done(patient))).isEqualTo("1:patient");
    }

    @Test
    void aCommandThatTheOldLeaderStillHasEndsAsUnknownSoonAfterANewOneIsKnown() {
        start(3, 1, GroupLogConfig.lan());
        int leader = cluster.leader();
        done(propose(3, "first", Duration.ofSeconds(5)));
        cluster.isolate(leader);
        CompletableFuture<byte[]> lost = propose(3, "lost", Duration.ofSeconds(60));
        assertThat(failure(lost)).isInstanceOf(UnknownOutcomeException.class);
        CompletableFuture<byte[]> next = propose(3, "next", Duration.ofSeconds(5));
        done(next);
        assertThat(cluster.log(3).leadership().current().leader().orElseThrow().value())
                .isNotEqualTo("n" + leader);
    }

    @Test
    void aNodeWithoutAReplicaWritesAndReadsAtEveryLevel() {
        start(3, 1, GroupLogConfig.lan());
        assertThat(text(done(propose(3, "a", Duration.ofSeconds(5))))).isEqualTo("1:a");
        assertThat(text(done(query(3, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)))))
                .isEqualTo("1:a");
        assertThat(text(done(query(3, ReadConsistency.atLeast(1), Duration.ofSeconds(5)))))
                .isEqualTo("1:a");
        assertThat(text(done(query(3, ReadConsistency.bounded(Duration.ofMillis(1)), Duration.ofSeconds(5)))))
                .isEqualTo("1:a");
        assertThat(text(done(query(3, ReadConsistency.LOCAL, Duration.ofSeconds(5)))))
                .isEqualTo("1:a");
        assertThat(failure(cluster.log(3).readBarrier(within(Duration.ofSeconds(5)))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no replica");
        assertThat(cluster.log(3).applied()).isZero();
    }

    @Test
    void aReadAtARevisionToComeWaitsForItWithoutHoldingOthersUp() {
        start(3, 1, GroupLogConfig.lan());
        CompletableFuture<byte[]> later = query(3, ReadConsistency.atLeast(2), Duration.ofSeconds(20));
        done(propose(3, "a", Duration.ofSeconds(5)));
        done(query(3, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)));
        assertThat(later).isNotDone();
        done(propose(0, "b", Duration.ofSeconds(5)));
        assertThat(text(done(later))).isEqualTo("2:b");
        assertThat(failure(query(1, ReadConsistency.atLeast(99), Duration.ofMillis(300))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("99");
    }

    @Test
    void oneProbeServesAllReadsThatWait() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        long before = cluster.wire.network().sent();
        List<CompletableFuture<byte[]>> reads = IntStream.range(0, 500)
                .mapToObj(i -> query(leader, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)))
                .toList();
        reads.forEach(this::done);
        assertThat(cluster.wire.network().sent() - before).isLessThan(20); // two rounds of two questions
    }

    @Test
    void afterThreeProbesInVainAnEntryWithoutCommandsMakesReadsSafe() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        done(propose(leader, "a", Duration.ofSeconds(5)));
        done(query(leader, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)));
        int before = appends();
        cluster.wire.network().isolate("n" + leader); // probes are lost, the engine's own messages are not
        List<CompletableFuture<byte[]>> reads = IntStream.range(0, 50)
                .mapToObj(i -> query(leader, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)))
                .toList();
        reads.forEach(read -> assertThat(text(done(read))).isEqualTo("1:a"));
        assertThat(appends() - before).isBetween(1, 3);
    }

    @Test
    void anEntryWithoutCommandsThatFindsNoMajorityMakesNoReadSafe() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        cluster.group.guarded = false;
        done(propose(leader, "a", Duration.ofSeconds(5)));
        int before = cluster.raft(leader).appends;
        cluster.isolate(leader);
        assertThat(failure(query(leader, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(8))))
                .isInstanceOf(UnavailableException.class);
        assertThat(cluster.raft(leader).appends - before)
                .as("one waits at most")
                .isEqualTo(1);
    }

    @Test
    void aReplicaThatIsTakenAwayLeavesAGateway() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        int follower = (leader + 1) % 3;
        Registration attached = Objects.requireNonNull(cluster.node(follower).attached());
        done(propose(follower, "a", Duration.ofSeconds(5)));
        attached.close();
        assertThat(text(done(propose(follower, "b", Duration.ofSeconds(5))))).isEqualTo("2:b");
        assertThat(text(done(query(follower, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(5)))))
                .isEqualTo("2:b");
    }

    @Test
    void aQueryThatCameBeforeTheReplicaOfTheLeaderIsAnsweredByIt() {
        start(1, 0, GroupLogConfig.lan());
        done(propose(0, "a", Duration.ofSeconds(5)));
        Objects.requireNonNull(cluster.node(0).attached()).close();
        CompletableFuture<byte[]> early = query(0, ReadConsistency.LINEARIZABLE, Duration.ofSeconds(20));
        cluster.environment.advance(Duration.ofSeconds(1));
        assertThat(early).isNotDone();
        cluster.log(0)
                .attach(cluster.raft(0), Objects.requireNonNull(cluster.node(0).applier()));
        cluster.environment.advance(Duration.ofSeconds(1));
        assertThat(early).isCompletedWithValueMatching(answer -> text(answer).equals("1:a"));
    }

    @Test
    void aTickGoesOutOnceWhenSomethingExpiresAndNothingElseCarriesTheTime() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        done(propose(leader, "a", Duration.ofSeconds(5)));
        cluster.environment.advance(Duration.ofSeconds(2));
        assertThat(register(leader).ticks).isEmpty();
        registers
                .values()
                .forEach(it ->
                        it.nextDeadline = it.logNanos + Duration.ofSeconds(5).toNanos());
        done(propose(leader, "b", Duration.ofSeconds(5)));
        long due = register(leader).nextDeadline;
        cluster.environment.advance(Duration.ofSeconds(2));
        assertThat(register(leader).ticks).isEmpty();
        cluster.environment.advance(Duration.ofSeconds(4));
        for (Register each : registers.values()) {
            assertThat(each.ticks).hasSize(1);
            assertThat(each.ticks.get(0))
                    .isBetween(due, due + Duration.ofMillis(110).toNanos());
        }
    }

    /** It has come to lead again between the two looks of the tick that was to be the last. */
    @Test
    void aLeaderThatLeadsAgainAtOnceGoesOnTicking() {
        start(1, 0, GroupLogConfig.lan());
        done(propose(0, "a", Duration.ofSeconds(5)));
        Objects.requireNonNull(cluster.node(0).attached()).close();
        AtomicBoolean wavers = new AtomicBoolean();
        cluster.log(0)
                .attach(wavering(wavers), Objects.requireNonNull(cluster.node(0).applier()));
        done(propose(0, "b", Duration.ofSeconds(5)));
        register(0).nextDeadline = register(0).logNanos + Duration.ofSeconds(5).toNanos();
        done(propose(0, "c", Duration.ofSeconds(5)));
        wavers.set(true);
        cluster.environment.advance(Duration.ofMillis(500));
        assertThat(wavers).isFalse();
        cluster.environment.advance(Duration.ofSeconds(10));
        assertThat(register(0).ticks).hasSize(1);
    }

    private RaftReplica wavering(AtomicBoolean wavers) {
        AtomicReference<Runnable> changed = new AtomicReference<>(() -> {});
        RaftReplica raft = cluster.raft(0);
        return (RaftReplica) Proxy.newProxyInstance(
                RaftReplica.class.getClassLoader(), new Class<?>[] {RaftReplica.class}, (proxy, method, args) -> {
                    Object answer = method.invoke(raft, args);
                    if (method.getName().equals("onChange")) {
                        changed.set((Runnable) args[0]);
                    }
                    if (answer instanceof ReplicaStatus status && wavers.getAndSet(false)) {
                        changed.get().run();
                        return new ReplicaStatus(
                                status.self(),
                                RaftRole.FOLLOWER,
                                false,
                                status.term(),
                                status.leader(),
                                status.committed(),
                                status.applied(),
                                status.voters(),
                                status.lastContactNanos(),
                                status.failure());
                    }
                    return answer;
                });
    }

    @Test
    void theTimeOfTheGroupStandsStillWhileNobodyLeadsAndNeverRunsFasterThanTheClock() {
        start(3, 0, GroupLogConfig.lan());
        int leader = cluster.leader();
        done(propose(leader, "a", Duration.ofSeconds(5)));
        long before = register(leader).logNanos;
        int other = (leader + 1) % 3;
        int third = (leader + 2) % 3;
        cluster.isolate(other);
        cluster.isolate(third);
        cluster.environment.advance(Duration.ofSeconds(60));
        cluster.heal();
        long healed = cluster.clock().nanoTime();
        done(propose(other, "b", Duration.ofSeconds(20)));
        long passed = register(cluster.leader()).logNanos - before;
        long led = cluster.clock().nanoTime() - healed + Duration.ofSeconds(2).toNanos();
        assertThat(passed).isBetween(0L, led);
    }

    @Test
    void closingEndsAllThatWaits() {
        start(3, 1, GroupLogConfig.lan());
        int leader = cluster.leader();
        cluster.isolate(leader);
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        waiting.add(cluster.log(leader).propose(new byte[1], Deadline.NONE).toCompletableFuture());
        waiting.add(cluster.log(leader).readBarrier(Deadline.NONE).toCompletableFuture());
        waiting.add(cluster.log(leader)
                .query(new byte[1], ReadConsistency.atLeast(7), Deadline.NONE)
                .toCompletableFuture());
        cluster.log(leader).close();
        assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(failure(waiting.get(0))).isInstanceOf(UnknownOutcomeException.class);
        assertThat(failure(cluster.log(leader).propose(new byte[1], Deadline.NONE)))
                .isInstanceOf(NotAppliedException.class);
    }

    @Test
    void aGroupThatHasNoLeaderForLongIsAskedForItLessAndLess() {
        start(3, 1, GroupLogConfig.lan());
        for (int voter = 0; voter < 3; voter++) {
            cluster.group.cut(voter, (voter + 1) % 3);
            cluster.group.cut((voter + 1) % 3, voter);
        }
        var unused = propose(3, "x", Duration.ofSeconds(60));
        cluster.environment.advance(Duration.ofSeconds(10));
        long before = cluster.wire.network().sent();
        cluster.environment.advance(Duration.ofSeconds(10));
        assertThat(cluster.wire.network().sent() - before).isBetween(10L, 600L);
    }
}
