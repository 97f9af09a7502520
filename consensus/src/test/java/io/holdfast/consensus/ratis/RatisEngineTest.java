package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.StorageLostException;
import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.config.DataSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One replica and its life: entries, restarts, snapshots, refusals. */
@Timeout(300)
class RatisEngineTest {
    private static final RaftConfig SMALL_SNAPSHOTS = Group.steady()
            .withSnapshots(50, new DataSize(1 << 20), Duration.ofMinutes(10))
            .withLog(new DataSize(1 << 20), 0);

    @TempDir
    Path directory;

    @Test
    void threeReplicasElectALeaderAndApplyTheSameEntriesInOrder() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
            List<String> entries = appendTo(group, 100);
            group.everybodyHas(entries);
        }
    }

    private static List<String> appendTo(Group group, int count) {
        List<String> entries = Group.numbered(1, count);
        Group.Member leader = group.leader();
        for (int i = 0; i < count; i++) {
            assertThat(Group.append(leader, entries.get(i))).isEqualTo(Integer.toString(i + 1));
        }
        return entries;
    }

    private List<String> appendWithTwoSnapshots(Group group) {
        Group.Member leader = group.leader();
        Group.appendAll(leader, Group.numbered(1, 110));
        Group.until("a snapshot", () -> snapshots("a").size() >= 1);
        Group.appendAll(leader, Group.numbered(111, 220));
        Group.until("snapshots", () -> snapshots("a").size() == 2);
        return Group.numbered(1, 220);
    }

    @Test
    void anEntryForAReplicaThatDoesNotLeadIsNotApplied() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
            Group.Member follower = group.followers().get(0);
            assertThat(failure(follower.replica.append(Group.bytes("x")).toCompletableFuture()))
                    .isInstanceOf(NotAppliedException.class)
                    .hasMessageContaining("ask the leader");
        }
    }

    /** It fails on the thread that the close waits for. */
    @Test
    void aReplicaWhoseApplierFailsWhileItClosesIsClosedAllTheSame() throws InterruptedException {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.Member member = group.leader();
            CountDownLatch failNow = new CountDownLatch(1);
            member.state.breakAfter(failNow);
            var unused = member.replica.append(Group.bytes("x"));
            Group.until("it applies", member.state::isStuck);
            Thread closer = new Thread(member.replica::close);
            closer.start();
            Group.until(
                    "the close waits",
                    () -> closer.getState() == Thread.State.WAITING || closer.getState() == Thread.State.TIMED_WAITING);
            failNow.countDown();
            closer.join(Group.LIMIT.toMillis());
            assertThat(closer.isAlive()).isFalse();
        }
    }

    /** F7: Ratis' leader would step down. */
    @Test
    void anOversizeEntryIsRefusedAndTheLeaderStays() {
        try (Group group = new Group(directory, Group.steady()).found("a", "b", "c")) {
            Group.Member leader = group.leader();
            long term = leader.replica.status().term();
            for (int i = 0; i < 100; i++) {
                assertThat(failure(
                                leader.replica.append(new byte[1024 * 1024 + 1]).toCompletableFuture()))
                        .isInstanceOf(NotAppliedException.class)
                        .hasMessageContaining("max-entry (1MiB)");
            }
            assertThat(leader.replica
                            .append(new byte[1024 * 1024])
                            .toCompletableFuture()
                            .orTimeout(60, TimeUnit.SECONDS)
                            .join())
                    .isEqualTo(Group.bytes("1"));
            assertThat(leader.replica.status().term()).isEqualTo(term);
            assertThat(leader.replica.status().role()).isEqualTo(RaftRole.LEADER);
        }
    }

    @Test
    void aReplicaReturnsWithItsLog() {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            List<String> entries = appendTo(group, 30);
            group.stop("a");
            Group.Member again = group.reopen("a", 0);
            group.leader();
            Group.until("all entries", () -> again.state.entries().equals(entries));
            assertThat(Group.append(again, "next")).isEqualTo("31");
        }
    }

    @Test
    void aReplicaReturnsFromItsSnapshotAndThePurgedLog() throws Exception {
        try (Group group = new Group(directory, SMALL_SNAPSHOTS).found("a")) {
            List<String> entries = appendWithTwoSnapshots(group);
            group.stop("a");
            Group.Member again = group.reopen("a", 0);
            assertThat(again.state.entries()).isNotEmpty(); // before a leader: from the snapshot
            group.leader();
            Group.until("all entries", () -> again.state.entries().equals(entries));
        }
    }

    @Test
    void aDamagedSnapshotIsSetAsideForAnElder() throws Exception {
        RaftConfig keepsTheLog = SMALL_SNAPSHOTS.withLog(new DataSize(1 << 20), 100_000);
        try (Group group = new Group(directory, keepsTheLog).found("a")) {
            List<String> entries = appendWithTwoSnapshots(group);
            group.stop("a");
            Path newest = snapshots("a").stream()
                    .max(java.util.Comparator.naturalOrder())
                    .orElseThrow();
            damage(newest);
            Group.Member again = group.reopen("a", 0);
            group.leader();
            Group.until("all entries", () -> again.state.entries().equals(entries));
            assertThat(Files.exists(newest.resolveSibling(newest.getFileName() + ".damaged")))
                    .isTrue();
        }
    }

    @Test
    void aReplicaWithoutAWholeSnapshotAndWithoutTheOldLogDoesNotStart() throws Exception {
        RaftConfig purges = Group.steady()
                .withSnapshots(400, new DataSize(1L << 30), Duration.ofMinutes(10))
                .withLog(new DataSize(64 * 1024 * 16), 0);
        try (Group group = new Group(directory, purges).found("a")) {
            Group.Member leader = group.leader();
            for (int i = 0; i < 40; i++) {
                leader.replica.append(new byte[200_000]).toCompletableFuture().join();
            }
            Group.appendAll(leader, Group.numbered(1, 800));
            Group.until(
                    "a purged log",
                    () -> logFiles("a").stream().noneMatch(f -> f.toString().contains("log_0-")));
            group.stop("a");
            Path newest = snapshots("a").stream()
                    .max(java.util.Comparator.naturalOrder())
                    .orElseThrow();
            byte[] whole = Files.readAllBytes(newest);
            SnapshotStoreTest.makeNewer(newest, group.group);
            assertThatThrownBy(() -> group.reopen("a", 0)).isInstanceOf(NeedsUpgradeException.class);
            Files.write(newest, whole);
            for (Path file : snapshots("a")) {
                damage(file);
            }
            // also in the next life, which finds none at all
            for (int life = 0; life < 2; life++) {
                assertThatThrownBy(() -> group.reopen("a", 0))
                        .isInstanceOf(StorageLostException.class)
                        .hasMessageContaining("no snapshot that the log")
                        .hasMessageContaining("join as a new peer");
                for (Path file : files("a")) {
                    if (file.getParent().endsWith("sm")) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    private static void damage(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private List<Path> snapshots(String node) throws Exception {
        return files(node).stream().filter(SnapshotFile::isNamedSo).toList();
    }

    private List<Path> logFiles(String node) throws Exception {
        return files(node).stream()
                .filter(f -> f.getFileName().toString().startsWith("log_"))
                .toList();
    }

    private List<Path> files(String node) throws Exception {
        try (Stream<Path> files = Files.walk(directory.resolve(node))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (java.io.UncheckedIOException vanished) {
            return List.of();
        }
    }

    @Test
    void aReplicaOpensOnlyItsOwnLife() {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            group.leader();
            group.stop("a");
            assertThatThrownBy(() -> group.reopen("a", 7))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("is peer a#0, not a#7");
            Group.Member member = group.member("a");
            PeerId a = new PeerId(member.node, 0);
            assertThatThrownBy(() -> member.open(0, new Opening.Found(List.of(a))))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("there is a replica already");
            member.open(0, new Opening.Reopen());
            group.leader();
        }
    }

    @Test
    void aReplicaThatNeverWasIsNotReopened() {
        try (Group group = new Group(directory, Group.steady())) {
            assertThatThrownBy(() -> group.reopen("a", 0))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("join as a new peer");
        }
    }

    @Test
    void anEntryThatTheApplierThrowsOnStopsTheReplicaAndNotTheProcess() {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.Member leader = group.leader();
            Group.append(leader, "good");
            failure(leader.replica.append(Group.bytes("poison")).toCompletableFuture());
            Group.until("stopped", () -> leader.replica.status().role() == RaftRole.STOPPED);
            ReplicaStatus status = leader.replica.status();
            assertThat(status.failure()).get().asString().contains("this entry is poison");
            assertThat(leader.recorder.entries()).isNotEmpty();
            assertThat(failure(leader.replica.append(Group.bytes("x")).toCompletableFuture()))
                    .isInstanceOf(NotAppliedException.class);
        }
    }

    @Test
    void aListenerHearsOfANewLeader() {
        try (Group group = new Group(directory, Group.steady())) {
            Group.Member member = group.member("a");
            PeerId a = new PeerId(member.node, 0);
            CompletableFuture<Optional<PeerId>> heard = new CompletableFuture<>();
            member.open(0, new Opening.Found(List.of(a)));
            member.replica.onChange(() -> {
                if (member.replica.status().ready()) {
                    heard.complete(member.replica.status().leader());
                }
            });
            assertThat(heard.orTimeout(60, TimeUnit.SECONDS).join()).contains(a);
        }
    }

    static Throwable failure(CompletableFuture<?> future) {
        return Group.waitFor("a failure", () -> {
            if (!future.isDone()) {
                return Optional.empty();
            }
            try {
                future.join();
                throw new AssertionError("it must fail");
            } catch (java.util.concurrent.CompletionException e) {
                return Optional.of(e.getCause());
            }
        });
    }
}
