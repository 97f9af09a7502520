package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.Candidacy;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.node.LeaderMetric;
import io.holdfast.service.LeaderOnly;
import io.holdfast.service.RemoteService;
import io.holdfast.testkit.cluster.HoldfastCluster;
import io.holdfast.testkit.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs that one node of a cluster does at a time. */
class LeaderOnlyTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ON = "holdfast.consensus.enabled=true";
    private static final String SHORT = "holdfast.consensus.session-time-to-live=3s";

    @RemoteService("ledger")
    interface Ledger {
        void note(String node);
    }

    /** What the jobs of all nodes of a test tell. */
    private static final class Record {
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final AtomicBoolean fails = new AtomicBoolean();
        final List<Run> runs = new CopyOnWriteArrayList<>();
        final List<Long> tokensOfCalls = new CopyOnWriteArrayList<>();

        record Run(String node, long token) {}

        List<Run> terms() {
            return runs.stream().distinct().toList();
        }
    }

    private static final class Notes implements Ledger {
        private final Record record;

        Notes(Record record) {
            this.record = record;
        }

        @Override
        public void note(String node) {
            record.tokensOfCalls.add(CallContext.current().fencingToken().orElse(-1));
        }
    }

    private static final class Trending {
        private final String node;
        private final Ledger ledger;
        private final Record record;

        Trending(HoldfastNode node, Record record) {
            this.node = node.id().value();
            this.ledger = node.client(Ledger.class);
            this.record = record;
        }

        @LeaderOnly(election = "trending", every = "10ms")
        void recompute() throws Exception {
            record.most.accumulateAndGet(record.inside.incrementAndGet(), Math::max);
            try {
                record.runs.add(new Record.Run(
                        node, CallContext.current().fencingToken().orElse(-1)));
                ledger.note(node);
                if (record.fails.compareAndSet(true, false)) {
                    throw new IllegalStateException("planned");
                }
                new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
            } finally {
                record.inside.decrementAndGet();
            }
        }
    }

    @Test
    @HoldfastCluster(
            nodes = 3,
            settings = {ON, SHORT, ConsensusNodesTest.STEADY_MIN, ConsensusNodesTest.STEADY_MAX})
    void oneNodeRunsAtATimeWhileLeadersDieAndFailAndTheGrowingTokenReachesWhomTheJobCalls(TestCluster cluster) {
        Record record = new Record();
        List<HoldfastNode> nodes =
                cluster.running().stream().map(node -> (HoldfastNode) node).toList();
        nodes.forEach(ConsensusNodesTest::awaitThreeVoters);
        nodes.forEach(node -> node.host(new Notes(record)));
        nodes.forEach(node -> node.host(new Trending(node, record)));

        awaitTerms(record, 1);
        long first = record.terms().get(0).token();
        await().atMost(LIMIT).until(() -> record.tokensOfCalls.contains(first)); // its call may still be under way
        byName(nodes, record.terms().get(0).node()).abandon();
        awaitTerms(record, 2);
        record.fails.set(true);
        awaitTerms(record, 3);

        List<Record.Run> terms = record.terms();
        assertThat(terms).extracting(Record.Run::token).isSorted().doesNotHaveDuplicates();
        assertThat(terms.get(1).node()).isNotEqualTo(terms.get(0).node());
        assertThat(terms.get(2).node()).isNotEqualTo(terms.get(1).node());
        assertThat(record.most).hasValue(1);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(record.tokensOfCalls)
                        .isSorted()
                        .containsAll(terms.stream().map(Record.Run::token).toList()));
    }

    private static void awaitTerms(Record record, int terms) {
        await().atMost(LIMIT).until(() -> record.terms().size() >= terms);
    }

    private static HoldfastNode byName(List<HoldfastNode> nodes, String name) {
        return nodes.stream()
                .filter(node -> node.id().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aNodeThatLeavesWaitsForItsJobBeforeItGivesUpTheOffice() throws Exception {
        try (HoldfastNode first = lone("first").start().awaitReady(LIMIT)) {
            HoldfastNode second =
                    lone("second").seeds(first.address().toString()).start().awaitReady(LIMIT);
            List<String> events = new CopyOnWriteArrayList<>();
            CountDownLatch begun = new CountDownLatch(1);
            second.leaderOnly("nightly", term -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS); // it takes its time to stop
                    events.add("second ends");
                }
            });
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            first.leaderOnly("nightly", term -> events.add("first begins"));
            second.close();
            await().atMost(LIMIT).until(() -> events.size() == 2);
            assertThat(events).containsExactly("second ends", "first begins");
        }
    }

    private static NodeBuilder lone(String id) {
        return ConsensusNodesTest.patient(id);
    }

    private static final class Fickle {
        final AtomicInteger runs = new AtomicInteger();

        @LeaderOnly(election = "fickle", every = "1h")
        public void work() {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("planned");
            }
        }
    }

    @Test
    void aJobThatFailsIsCountedNotedAndDoneAgainAndTheConfiguredPeriodWins() {
        try (HoldfastNode node = lone("one")
                .set("holdfast.leader-only.fickle.every", "5ms")
                .start()
                .awaitReady(LIMIT)) {
            Fickle job = new Fickle();
            node.host(job);
            await().atMost(LIMIT).until(() -> job.runs.get() > 3);
            assertThat(node.telemetry()
                            .meters()
                            .get(LeaderMetric.RUN.metric())
                            .tag("election", "fickle")
                            .tag("result", "failed")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(node.telemetry().recorder().entries())
                    .filteredOn(entry -> entry.area().equals("leader-only"))
                    .extracting(FlightRecorder.Entry::decision)
                    .anyMatch(decision -> decision.startsWith("elected in term"))
                    .anyMatch(decision -> decision.startsWith("failed in term"));
        }
    }

    private static class Wrong implements Ledger {
        @Override
        @LeaderOnly(election = "remote")
        public void note(String node) {}

        @LeaderOnly(election = "a")
        int count() {
            return 1;
        }

        @LeaderOnly(election = "b", every = "soon")
        void soon() {}

        @LeaderOnly(election = "b")
        void twice() {}

        @LeaderOnly(election = "", every = "0s")
        static void fixed() {}
    }

    @Test
    void everyMistakeIsReportedWhenTheObjectIsHostedAndNothingIsHosted() {
        try (HoldfastNode node = lone("strict").start()) {
            assertThatThrownBy(() -> node.host(new Wrong()))
                    .isInstanceOf(InvalidContractException.class)
                    .hasMessageContaining("Wrong.note: it has parameters")
                    .hasMessageContaining("Wrong.note: it is a method of a contract")
                    .hasMessageContaining("Wrong.count: it returns int")
                    .hasMessageContaining("Wrong.soon: every (soon): must be a duration")
                    .hasMessageContaining("Wrong.twice: another method stands for election b")
                    .hasMessageContaining("Wrong.fixed: it is static")
                    .hasMessageContaining("Wrong.fixed: election's name in bytes");
            assertThat(node.services().services()).isEmpty();
            assertThatThrownBy(() -> node.host("text"))
                    .hasMessageContaining("java.lang.String implements no contract")
                    .hasMessageContaining("@LeaderOnly");
        }
    }

    @Test
    void aNodeStandsForAnElectionOnceAndAgainWhenItHasWithdrawn() {
        try (HoldfastNode node = lone("one").start().awaitReady(LIMIT)) {
            Candidacy candidacy = node.leaderOnly("fickle", term -> {});
            assertThatThrownBy(() -> node.host(new Fickle()))
                    .hasMessageContaining("stands for election fickle already")
                    .hasMessageContaining("name another election");
            candidacy.withdraw().toCompletableFuture().join();
            node.host(new Fickle());
        }
    }

    @Test
    void withoutConsensusAJobIsRefusedWithTheRemedy() {
        try (HoldfastNode node = Holdfast.node("plain").start()) {
            assertThatThrownBy(() -> node.host(new Fickle()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("holdfast.consensus.enabled=true");
        }
    }
}
