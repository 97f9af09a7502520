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
class EightGroupsTest {
    private static final List<String> NODES = List.of("a", "b", "c");

    @TempDir
    Path directory;

    @Test
    void idleGroupsKeepTheirLeaders() {
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        try (Group group = new Group(directory, RaftConfig.lan())) {
            NODES.forEach(group::member);
            List<PeerId> founders =
                    NODES.stream().map(name -> new PeerId(NodeId.of(name), 0)).toList();
            List<RaftReplica> replicas = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
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
                    () -> replicas.stream().filter(r -> r.status().ready()).count() == 8);
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
            System.out.printf(
                    "8 groups on 3 idle nodes in one JVM: %d threads (%d before), direct memory %d MiB, idle CPU %.1f %% of a core%n",
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    threadsBefore,
                    ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                                    .filter(pool -> pool.getName().equals("direct"))
                                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                                    .sum()
                            >> 20,
                    100.0 * (cpu() - cpu) / took);
        }
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
