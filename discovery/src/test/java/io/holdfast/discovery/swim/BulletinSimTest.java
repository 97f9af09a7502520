package io.holdfast.discovery.swim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.Sweep;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bulletin over gossip under loss, partitions, crashes and restarts: in the end every node knows the newest value of every member, and nothing of those that are gone. Over a few
 * seeds here, over 500 in {@link BulletinSimNightlyTest}. */
class BulletinSimTest {
    private static final String TOPIC = "weather";

    int seeds() {
        return 15;
    }

    /** A cluster, what each node knows of the topic in its present life, and what each told last. */
    private static final class Board {
        final SimCluster cluster;
        final Map<String, Map<NodeId, byte[]>> known = new HashMap<>();
        final Map<NodeId, byte[]> told = new TreeMap<>();

        Board(long seed, int nodes, LinkFaults links) {
            cluster = SimCluster.of(seed, nodes, nodes, SwimConfig.lan(), links, Duration.ofMillis(200));
            cluster.world.onPublish(published -> {
                if (published.event() instanceof SwimEvent.NoteChanged changed
                        && changed.topic().equals(TOPIC)) {
                    learn(known.computeIfAbsent(published.node(), id -> new TreeMap<>()), changed);
                }
            });
        }

        private static void learn(Map<NodeId, byte[]> values, SwimEvent.NoteChanged changed) {
            byte @Nullable [] value = changed.value();
            if (value == null) {
                values.remove(changed.node());
            } else {
                values.put(changed.node(), value);
            }
        }

        void tell(String name, int value) {
            byte[] bytes = {(byte) value, (byte) (value >> 8)};
            if (cluster.node(name).isUp()) {
                cluster.node(name).request(new SwimRequest.Post(TOPIC, bytes));
                told.put(NodeId.of(name), bytes);
            }
        }

        void kill(String name) {
            cluster.node(name).kill();
            known.remove(name);
            told.remove(NodeId.of(name));
        }

        void restart(String name) {
            kill(name);
            cluster.node(name).restart();
        }

        boolean converged() {
            return cluster.world.live().stream()
                    .allMatch(node -> same(known.getOrDefault(node.id().value(), Map.of()), told));
        }

        private static boolean same(Map<NodeId, byte[]> left, Map<NodeId, byte[]> right) {
            return left.keySet().equals(right.keySet())
                    && left.keySet().stream().allMatch(id -> Arrays.equals(left.get(id), right.get(id)));
        }

        Duration awaitConverged() {
            return cluster.await("all know " + told.keySet(), this::converged, Duration.ofSeconds(60));
        }
    }

    @Test
    void aValueReachesThirtyTwoNodesWithinASecond() {
        var report = Sweep.of("bulletin: one value, 32 nodes", seeds(), run -> {
            Board board = new Board(run.seed(), 32, LinkFaults.lan());
            board.cluster.formed();
            board.tell("n" + (1 + run.seed() % 32), 7);
            run.figure("known by all (ms)", board.awaitConverged());
        });
        assertThat(report.figure("known by all (ms)").p99()).isLessThan(1_000);
    }

    @Test
    void allEndWithTheNewestValuesAfterLossPartitionsCrashesAndRestarts() {
        var report = Sweep.of("bulletin: amid faults, 8 nodes", seeds(), run -> {
            Board board = new Board(run.seed(), 8, LinkFaults.hostile());
            board.cluster.await("one cluster", board.cluster::oneView, Duration.ofSeconds(60));
            var random = board.cluster.world.faults();
            List<String> names = board.cluster.world.network().names();
            int cut = 1 + random.nextInt(7);
            board.cluster.world.network().partition(names.subList(0, cut), names.subList(cut, 8));
            for (int i = 0; i < 40; i++) {
                String name = board.cluster.name(random.nextInt(8));
                switch (random.nextInt(8)) {
                    case 0 -> board.kill(name);
                    case 1 -> board.restart(name);
                    default -> board.tell(name, i);
                }
                board.cluster.world.advance(Duration.ofMillis(random.nextInt(300)));
            }
            board.cluster.world.heal();
            run.figure("known by all after the faults (ms)", board.awaitConverged());
        });
        assertThat(report.figure("known by all after the faults (ms)").p99()).isLessThan(30_000);
    }

    @Test
    void aNodeThatLostItsDiskStillTakesBackWhatItsEarlierLifeTold() {
        Board board = new Board(5, 5, LinkFaults.lan());
        board.cluster.formed();
        for (int i = 0; i < 100; i++) {
            board.tell("n2", i);
        }
        board.awaitConverged();
        board.kill("n2");
        board.cluster.node("n2").restartEmpty();
        board.awaitConverged();
        board.tell("n2", 1);
        board.awaitConverged();
    }

    @Test
    void talkOnTheBulletinDoesNotSlowTheNewsOfADeath() {
        var report = Sweep.of("bulletin: a killed process amid much talk, 32 nodes", seeds(), run -> {
            Board board = new Board(run.seed(), 32, LinkFaults.lan());
            board.cluster.world.hintOnClose(SwimRequest.ConnectionClosed::new);
            board.cluster.formed();
            for (int round = 0; round < 5; round++) {
                for (int i = 1; i <= 32; i++) {
                    board.cluster.node("n" + i).request(new SwimRequest.Post("much", new byte[4096]));
                }
                board.cluster.world.advance(Duration.ofMillis(100));
            }
            board.kill("n7");
            run.figure(
                    "known dead by all (ms)",
                    board.cluster.await(
                            "n7 is dead", () -> board.cluster.allSee("n7", MemberState.DEAD), Duration.ofSeconds(10)));
            board.cluster.requireNoFalseDeath();
        });
        assertThat(report.figure("known dead by all (ms)").p99()).isLessThan(1_500);
    }
}
