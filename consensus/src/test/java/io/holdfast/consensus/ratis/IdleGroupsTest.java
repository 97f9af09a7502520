package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What groups cost that have nothing to do. */
@Timeout(300)
@Tag("slow")
class IdleGroupsTest {
    private static final List<String> NODES = List.of("a", "b", "c");

    @TempDir
    Path directory;

    @Test
    void idleGroupsKeepTheirLeaders() {
        keepTheirLeaders(8);
    }

    /** The most that a node is meant for. */
    @Test
    void thirtyTwoIdleGroupsKeepTheirLeadersWithinTheirBudget() {
        keepTheirLeaders(32);
    }

    private void keepTheirLeaders(int groups) {
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        try (Group group = new Group(directory, RaftConfig.lan())) {
            NODES.forEach(group::member);
            List<PeerId> founders =
                    NODES.stream().map(name -> new PeerId(NodeId.of(name), 0)).toList();
            List<RaftReplica> replicas = new ArrayList<>();
            for (int i = 0; i < groups; i++) {
                GroupId id = GroupId.of("g" + i);
                for (PeerId founder : founders) {
                    replicas.add(group.members
                            .get(founder.node().value())
                            .engine
                            .open(id, founder, new Opening.Found(founders), new Counting()));
                }
            }
            Group.until(
                    "leaders",
                    () -> replicas.stream().filter(r -> r.status().ready()).count() == groups);
            Group.until("terms", () -> terms(replicas).equals(leaderTerms(replicas)));
            List<Long> terms = terms(replicas);
            long cpu = cpu();
            long start = group.environment.clock().nanoTime();
            Duration watched = Duration.ofSeconds(60);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        assertThat(terms(replicas)).isEqualTo(terms);
                        return group.environment.clock().nanoTime() - start > watched.toNanos();
                    });
            long took = group.environment.clock().nanoTime() - start;
            int threads = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
            long direct = direct() >> 20;
            double busy = 100.0 * (cpu() - cpu) / took;
            System.out.printf(
                    "%d groups on 3 idle nodes in one JVM: %d threads (%d before), direct memory %d MiB, idle CPU %.1f %% of a core%n",
                    groups, threads, threadsBefore, direct, busy);
            assertThat(threads).isLessThanOrEqualTo(groups * 3 * 10 + 60);
            assertThat(direct).isLessThanOrEqualTo(groups * 3 * 3 + 100);
            assertThat(busy).isLessThanOrEqualTo(20 + 3 * groups);
        }
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static List<Long> terms(List<RaftReplica> replicas) {
        return replicas.stream().map(replica -> replica.status().term()).toList();
    }

    private static List<Long> leaderTerms(List<RaftReplica> replicas) {
        return replicas.stream()
                .map(replica -> replicas.stream()
                        .filter(other -> other.group().equals(replica.group())
                                && other.status().role() == RaftRole.LEADER)
                        .mapToLong(other -> other.status().term())
                        .max()
                        .orElse(-1))
                .toList();
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
