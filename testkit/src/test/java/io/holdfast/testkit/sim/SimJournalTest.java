package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Appended;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import io.holdfast.core.cluster.ReplicatedJournal.Page;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.contract.JournalCluster;
import io.holdfast.testkit.contract.ReplicatedJournalContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SimJournalTest extends ReplicatedJournalContract {
    private static final NodeId A = NodeId.of("n0");
    private static final NodeId B = NodeId.of("n1");

    private final SimEnvironment environment = SimEnvironment.seed(7);

    @Override
    protected JournalCluster start() {
        SimJournal journal = new SimJournal(environment, 7, GroupId.of("default"));
        return new JournalCluster() {
            @Override
            public ReplicatedJournal journal(int node) {
                return journal.view(NodeId.of("n" + node));
            }

            @Override
            public MonotonicClock clock() {
                return environment.clock();
            }

            @Override
            public void changeLeader() {
                journal.elect();
            }

            @Override
            public void isolate(int node) {
                journal.isolate(NodeId.of("n" + node));
            }

            @Override
            public void heal() {
                journal.heal();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        boolean holds = condition.getAsBoolean();
        for (int i = 0; i < 20_000 && !holds; i++) {
            environment.advance(Duration.ofMillis(1));
            holds = condition.getAsBoolean();
        }
        assertThat(holds).as(what).isTrue();
    }

    @Test
    void aLonelyAppendIsToldAsItIsAndNeverComesToPassBehindAFenceThatWasRaised() {
        int unknown = 0;
        int appeared = 0;
        for (long seed = 1; seed <= 100; seed++) {
            SimEnvironment world = SimEnvironment.seed(seed);
            SimJournal journal = new SimJournal(world, seed, GroupId.of("default"));
            journal.isolate(A);
            CompletableFuture<Appended> lonely = append(world, journal, A, 1);
            world.advance(Duration.ofMillis(250));
            assertThat(lonely).isCompletedExceptionally();
            Throwable told = lonely.handle((value, error) -> error.getCause()).join();
            assertThat(told).isInstanceOfAny(NotAppliedException.class, UnknownOutcomeException.class);
            unknown += told instanceof UnknownOutcomeException ? 1 : 0;
            CompletableFuture<Appended> raised = append(world, journal, B, 2);
            world.advance(Duration.ofMillis(50));
            assertThat(raised.join().applied()).isTrue();
            int then = records(world, journal).records().size();
            world.advance(Duration.ofMinutes(1));
            int later = records(world, journal).records().size();
            assertThat(later).as("seed %d", seed).isEqualTo(then);
            assertThat(then == 2 && told instanceof NotAppliedException).isFalse();
            appeared += then - 1;
        }
        assertThat(List.of(unknown, appeared)).allMatch(count -> count >= 5);
    }

    private static CompletableFuture<Appended> append(
            SimEnvironment world, SimJournal journal, NodeId node, long epoch) {
        Deadline deadline = Deadline.after(world.clock().nanoTime(), Duration.ofMillis(200));
        return journal.view(node)
                .append(List.of(new Entry("k", new byte[0])), List.of(new Condition.Fence("owner", epoch)), deadline)
                .toCompletableFuture();
    }

    private static Page records(SimEnvironment world, SimJournal journal) {
        CompletableFuture<Page> page = journal.view(B)
                .read(0, 10, 1000, ReadConsistency.LINEARIZABLE, Deadline.NONE)
                .toCompletableFuture();
        world.advance(Duration.ofMillis(20));
        return page.join();
    }

    @Test
    void aLocalReadOfANodeThatIsCutOffIsOldAndOneThatCameBackFollows() {
        SimJournal journal = new SimJournal(environment, 7, GroupId.of("default"));
        ReplicatedJournal b = journal.view(B);
        journal.view(A);
        journal.isolate(B);
        for (int i = 0; i < 5000; i++) {
            journal.view(A).append(List.of(new Entry("a", new byte[0])), List.of(), Deadline.NONE);
        }
        environment.advance(Duration.ofSeconds(1));
        assertThat(localEnd(b)).isEqualTo(1);
        journal.heal();
        environment.advance(Duration.ofSeconds(1));
        assertThat(localEnd(b)).isEqualTo(5001);
    }

    private long localEnd(ReplicatedJournal journal) {
        CompletableFuture<Page> page =
                journal.read(0, 1, 1, ReadConsistency.LOCAL, Deadline.NONE).toCompletableFuture();
        environment.advance(Duration.ofMillis(1));
        return page.join().end();
    }
}
