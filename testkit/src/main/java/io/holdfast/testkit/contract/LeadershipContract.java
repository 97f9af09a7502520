package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.env.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What every {@link Leadership} promises. Extend it, start a group, and the inherited tests run. */
public abstract class LeadershipContract implements Waiting {
    /** For subclasses. */
    protected LeadershipContract() {}

    /**
     * Starts a group.
     *
     * @param nodes how many replicas
     * @return the group, closed by the suite
     */
    protected abstract LogCluster start(int nodes);

    private LogCluster group(int nodes) {
        LogCluster cluster = start(nodes);
        await("all agree on a leader", () -> {
            Leadership.Term first = cluster.log(0).leadership().current();
            boolean agreed = first.leader().isPresent();
            for (int i = 1; i < nodes; i++) {
                agreed &= cluster.log(i).leadership().current().equals(first);
            }
            return agreed;
        });
        return cluster;
    }

    private static int leader(LogCluster cluster, int asked) {
        NodeId id = cluster.log(asked).leadership().current().leader().orElseThrow();
        return Integer.parseInt(id.value().substring(1));
    }

    @Test
    void exactlyOneNodeOfAHealthyGroupLeads() {
        try (LogCluster cluster = group(3)) {
            int leader = leader(cluster, 0);
            for (int i = 0; i < 3; i++) {
                assertThat(cluster.log(i).leadership().isLeader()).isEqualTo(i == leader);
            }
        }
    }

    @Test
    void aListenerHearsTheCurrentTermAtOnceAndThenEachChange() {
        try (LogCluster cluster = group(3)) {
            int old = leader(cluster, 0);
            int other = (old + 1) % 3;
            Leadership leadership = cluster.log(other).leadership();
            Leadership.Term before = leadership.current();
            Queue<Leadership.Term> heard = new ConcurrentLinkedQueue<>();
            leadership.listen(heard::add);
            await("the current term is heard", () -> heard.contains(before));
            cluster.kill(old);
            await(
                    "a new leader is heard",
                    () -> heard.stream()
                            .anyMatch(term -> term.epoch().compareTo(before.epoch()) > 0
                                    && term.leader().isPresent()));
        }
    }

    @Test
    void noEpochHasTwoLeadersAndNoNodeSeesAnEpochGoBack() {
        try (LogCluster cluster = group(3)) {
            List<Queue<Leadership.Term>> heard = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Queue<Leadership.Term> terms = new ConcurrentLinkedQueue<>();
                cluster.log(i).leadership().listen(terms::add);
                heard.add(terms);
            }
            for (int round = 0; round < 3; round++) {
                int old = leader(cluster, 0);
                int other = (old + 1) % 3;
                Leadership.Term before = cluster.log(other).leadership().current();
                cluster.isolate(old);
                await("the others elect another", () -> {
                    Leadership.Term now = cluster.log(other).leadership().current();
                    return now.epoch().compareTo(before.epoch()) > 0
                            && now.leader().isPresent();
                });
                cluster.heal();
                await("all agree again", () -> {
                    Leadership.Term now = cluster.log(old).leadership().current();
                    return now.leader().isPresent()
                            && now.equals(cluster.log(other).leadership().current())
                            && now.equals(
                                    cluster.log(3 - old - other).leadership().current());
                });
            }
            Map<Long, NodeId> leaders = new HashMap<>();
            for (Queue<Leadership.Term> terms : heard) {
                assertThat(terms.stream().map(Leadership.Term::epoch).toList()).isSorted();
                for (Leadership.Term term : terms) {
                    term.leader()
                            .ifPresent(id -> assertThat(
                                            leaders.computeIfAbsent(term.epoch().value(), epoch -> id))
                                    .isEqualTo(id));
                }
            }
        }
    }

    @Test
    void aListenerThatWasTakenBackHearsNothingMore() {
        try (LogCluster cluster = group(3)) {
            int old = leader(cluster, 0);
            Leadership leadership = cluster.log((old + 1) % 3).leadership();
            Queue<Leadership.Term> heard = new ConcurrentLinkedQueue<>();
            Registration registration = leadership.listen(heard::add);
            Leadership.Term before = leadership.current();
            await("the current term is heard", () -> heard.contains(before));
            registration.close();
            cluster.kill(old);
            await("a new leader leads", () -> leadership.current().epoch().compareTo(before.epoch()) > 0);
            assertThat(heard).allMatch(term -> term.epoch().compareTo(before.epoch()) <= 0);
        }
    }
}
