package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link ReplicatedLog} promises. Extend it, start a group, and the inherited tests run. */
public abstract class ReplicatedLogContract implements Waiting {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Map<Integer, Journal> journals = new ConcurrentHashMap<>();

    /** For subclasses. */
    protected ReplicatedLogContract() {}

    /**
     * Starts a group.
     *
     * @param nodes how many replicas
     * @param appliers makes the applier for each life of a node, 0 for the first node
     * @return the group, closed by the suite
     */
    protected abstract LogCluster start(int nodes, IntFunction<ReplicatedLog.Applier> appliers);

    /** Writes down what it applies; answers each entry with how many there were before it. */
    private static final class Journal implements ReplicatedLog.Applier {
        private final List<String> entries = new ArrayList<>();
        private long last;
        private long time;

        @Override
        public synchronized byte[] apply(long index, long logNanos, byte[] entry) {
            assertThat(index).as("indexes grow by one").isEqualTo(last + 1);
            assertThat(logNanos).as("the group's time never goes back").isGreaterThanOrEqualTo(time);
            last = index;
            time = logNanos;
            entries.add(text(entry));
            return bytes(text(entry) + "@" + (entries.size() - 1));
        }

        @Override
        public synchronized byte[] query(long index, byte[] query) {
            assertThat(index).as("the index is the last that was applied").isEqualTo(last);
            return bytes(Boolean.toString(entries.contains(text(query))));
        }

        @Override
        public synchronized ReplicatedLog.Capture capture() {
            byte[] state = bytes(String.join("\n", entries));
            return new ReplicatedLog.Capture() {
                @Override
                public void writeTo(OutputStream out) throws IOException {
                    out.write(state);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public synchronized void restore(long index, InputStream snapshot) throws IOException {
            last = index;
            entries.clear();
            text(snapshot.readAllBytes()).lines().forEach(entries::add);
        }

        synchronized List<String> entries() {
            return List.copyOf(entries);
        }
    }

    private List<String> entriesOf(int node) {
        return Objects.requireNonNull(journals.get(node), "the group made no applier for this node")
                .entries();
    }

    private LogCluster group(int nodes) {
        LogCluster cluster = start(nodes, node -> {
            Journal journal = new Journal();
            journals.put(node, journal);
            return journal;
        });
        awaitLeader(cluster, IntStream.range(0, nodes).toArray());
        return cluster;
    }

    private void awaitLeader(LogCluster cluster, int... nodes) {
        for (int node : nodes) {
            await(
                    "n" + node + " knows a leader",
                    () -> cluster.log(node).leadership().current().leader().isPresent());
        }
    }

    private CompletionStage<byte[]> propose(LogCluster cluster, int node, String entry, Duration limit) {
        return cluster.log(node)
                .propose(bytes(entry), Deadline.after(cluster.clock().nanoTime(), limit));
    }

    private CompletionStage<Long> barrier(LogCluster cluster, int node, Duration limit) {
        return cluster.log(node).readBarrier(Deadline.after(cluster.clock().nanoTime(), limit));
    }

    @Test
    void everyReplicaAppliesEveryEntryOnceInOneOrderAndEachProposerGetsItsOwnResult() {
        try (LogCluster cluster = group(3)) {
            List<CompletionStage<byte[]>> results = IntStream.range(0, 60)
                    .mapToObj(i -> propose(cluster, i % 3, "entry-" + i, LONG))
                    .toList();
            List<String> answers = results.stream()
                    .map(result -> text(await("the entry is applied", result)))
                    .toList();
            for (int node = 0; node < 3; node++) {
                await("n" + node + " reaches the end", barrier(cluster, node, LONG));
                assertThat(entriesOf(node)).hasSize(60).doesNotHaveDuplicates().isEqualTo(entriesOf(0));
            }
            for (int i = 0; i < 60; i++) {
                String entry = "entry-" + i;
                assertThat(answers.get(i)).isEqualTo(entry + "@" + entriesOf(0).indexOf(entry));
            }
        }
    }

    @Test
    void aReadBarrierOnAnyNodeSeesWhatWasAcknowledgedBefore() {
        try (LogCluster cluster = group(3)) {
            for (int i = 0; i < 20; i++) {
                await("the entry is applied", propose(cluster, i % 3, "entry-" + i, LONG));
                int reader = (i + 1) % 3;
                long reached = await("the barrier is passed", barrier(cluster, reader, LONG));
                assertThat(entriesOf(reader)).contains("entry-" + i);
                assertThat(cluster.log(reader).applied()).isGreaterThanOrEqualTo(reached);
            }
        }
    }

    @Test
    void aQuerySeesWhatItsConsistencyPromises() {
        try (LogCluster cluster = group(3)) {
            for (int i = 0; i < 20; i++) {
                await("the entry is applied", propose(cluster, i % 3, "entry-" + i, LONG));
                int reader = (i + 1) % 3;
                for (ReadConsistency consistency :
                        List.of(ReadConsistency.LINEARIZABLE, ReadConsistency.atLeast(i + 1L))) {
                    assertThat(query(cluster, reader, "entry-" + i, consistency))
                            .as("%s on n%d sees entry-%d", consistency, reader, i)
                            .isEqualTo("true");
                }
                assertThat(query(cluster, reader, "never", ReadConsistency.LOCAL))
                        .isEqualTo("false");
            }
            assertThat(query(cluster, 0, "entry-0", ReadConsistency.bounded(LONG)))
                    .isEqualTo("true");
        }
    }

    private String query(LogCluster cluster, int node, String entry, ReadConsistency consistency) {
        Deadline deadline = Deadline.after(cluster.clock().nanoTime(), LONG);
        return text(await("the query ends", cluster.log(node).query(bytes(entry), consistency, deadline)));
    }

    @Test
    void aMajorityGoesOnAndANodeThatComesBackCatchesUp() {
        try (LogCluster cluster = group(3)) {
            cluster.isolate(2);
            awaitLeaderAmong(cluster, 0, 1);
            await("the entry is applied", propose(cluster, 0, "without n2", LONG));
            cluster.heal();
            awaitLeader(cluster, 2);
            await("n2 catches up", barrier(cluster, 2, LONG));
            assertThat(entriesOf(2)).contains("without n2");
        }
    }

    @Test
    void withoutAMajorityNothingIsAcknowledgedAndWhatSurelyFailedNeverAppears() {
        try (LogCluster cluster = group(3)) {
            cluster.isolate(1);
            cluster.isolate(2);
            Throwable refused = catchThrowable(
                    () -> await("the proposal ends", propose(cluster, 0, "lonely", Duration.ofMillis(500))));
            assertThat(refused.getCause()).isInstanceOfAny(NotAppliedException.class, UnknownOutcomeException.class);
            Throwable stale =
                    catchThrowable(() -> await("the barrier ends", barrier(cluster, 0, Duration.ofMillis(500))));
            assertThat(stale.getCause()).isInstanceOf(UnavailableException.class);
            cluster.heal();
            awaitLeader(cluster, 0, 1, 2);
            await("the group goes on", propose(cluster, 0, "together", LONG));
            await("n1 reaches the end", barrier(cluster, 1, LONG));
            assertThat(entriesOf(1)).contains("together");
            if (refused.getCause() instanceof NotAppliedException) {
                assertThat(entriesOf(1)).doesNotContain("lonely");
            }
        }
    }

    @Test
    void theDeathOfTheLeaderLosesNothingThatWasAcknowledged() {
        try (LogCluster cluster = group(3)) {
            await("the entry is applied", propose(cluster, 0, "before", LONG));
            int leader = leader(cluster);
            int other = (leader + 1) % 3;
            int third = (leader + 2) % 3;
            cluster.kill(leader);
            awaitLeaderAmong(cluster, other, third);
            await("the group goes on", propose(cluster, other, "after", LONG));
            cluster.restart(leader);
            awaitLeader(cluster, leader);
            await("the old leader catches up", barrier(cluster, leader, LONG));
            assertThat(entriesOf(leader)).containsSubsequence("before", "after");
        }
    }

    @Test
    void aClosedReplicaRefusesProposals() {
        try (LogCluster cluster = group(1)) {
            cluster.log(0).close();
            Throwable refused = catchThrowable(() -> await("the proposal ends", propose(cluster, 0, "late", LONG)));
            assertThat(refused.getCause()).isInstanceOf(NotAppliedException.class);
        }
    }

    private static int leader(LogCluster cluster) {
        String name =
                cluster.log(0).leadership().current().leader().orElseThrow().value();
        return Integer.parseInt(name.substring(1));
    }

    /** Both know the same leader, one of them. */
    private void awaitLeaderAmong(LogCluster cluster, int a, int b) {
        await("n" + a + " and n" + b + " agree on a leader", () -> {
            var seen = cluster.log(a).leadership().current();
            return seen.leader()
                            .filter(id ->
                                    id.value().equals("n" + a) || id.value().equals("n" + b))
                            .isPresent()
                    && seen.equals(cluster.log(b).leadership().current());
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
