package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.core.UnknownOutcomeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cut links: who leads, and what callers are told. */
@Timeout(300)
class FaultsTest {
    @TempDir
    Path directory;

    @Test
    void anEntryOfACutOffLeaderHasAnUnknownOutcomeAndTheLeaderStepsDown() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            group.appendAnywhere("one");
            Group.Member old = group.leader();
            group.links.isolate(old.node);
            CompletableFuture<byte[]> lost =
                    old.replica.append(Group.bytes("lost")).toCompletableFuture();
            assertThat(RatisEngineTest.failure(lost)).isInstanceOf(UnknownOutcomeException.class);
            assertThat(old.replica.status().role()).isNotEqualTo(RaftRole.LEADER);
            assertThat(Group.append(group.leaderOtherThan(old), "two")).isEqualTo("2");
            group.links.heal();
            group.everybodyHas(List.of("one", "two"));
        }
    }

    /** F3: Ratis does not look while callers keep it busy. */
    @Test
    void aBusyLeaderWithAMinorityStepsDown() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c", "d", "e")) {
            group.appendAnywhere("one");
            Group.Member old = group.leader();
            List<Group.Member> others = group.followers();
            for (Group.Member far : others.subList(1, 4)) {
                group.links.cutBoth(old.node, far.node);
                group.links.cutBoth(others.get(0).node, far.node);
            }
            long start = group.environment.clock().nanoTime();
            Group.until("stepped down", () -> {
                old.replica.append(Group.bytes("busy"));
                return old.replica.status().role() != RaftRole.LEADER;
            });
            long took = (group.environment.clock().nanoTime() - start) / 1_000_000;
            System.out.println("F3: a busy leader with one live follower of four steps down after " + took + " ms");
        }
    }

    @Test
    void failoversAreQuick() {
        failovers(6);
    }

    /** F4: Ratis' own appender makes some of them take seconds. */
    @Test
    @Tag("slow")
    void fiftyFailoversAreQuick() {
        failovers(50);
    }

    private void failovers(int rounds) {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            List<Long> took = new ArrayList<>();
            group.appendAnywhere("start");
            for (int i = 0; i < rounds; i++) {
                Group.Member old = group.leader();
                old.replica.append(Group.bytes("under way"));
                long start = group.environment.clock().nanoTime();
                group.links.isolate(old.node);
                Group.Member next = group.leaderOtherThan(old);
                Group.append(next, "r" + i);
                took.add((group.environment.clock().nanoTime() - start) / 1_000_000);
                group.links.heal();
                Group.until(
                        "one leader",
                        () -> old.replica
                                .status()
                                .leader()
                                .equals(next.replica.status().leader()));
            }
            took.sort(null);
            System.out.printf(
                    "F4: %d failovers by cut, timeouts 300/600 ms: p50 %d ms, max %d ms%n",
                    rounds, took.get(rounds / 2), took.get(rounds - 1));
            Group.Member leader = group.leader();
            group.everybodyHas(leader.state.entries());
        }
    }

    @Test
    void aSlowLinkIsPipelined() {
        try (Group group = new Group(
                        directory, Group.quick().withElectionTimeout(Duration.ofSeconds(1), Duration.ofSeconds(2)))
                .found("a", "b", "c")) {
            Group.Member leader = group.leader();
            for (Group.Member other : group.followers()) {
                group.links.delay(leader.node, other.node, Duration.ofMillis(20));
            }
            List<CompletableFuture<byte[]>> results = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                results.add(leader.replica.append(Group.bytes("e" + i)).toCompletableFuture());
            }
            results.forEach(result -> Group.until("applied", result::isDone));
            assertThat(results).noneMatch(CompletableFuture::isCompletedExceptionally);
            group.everybodyHas(leader.state.entries());
        }
    }
}
