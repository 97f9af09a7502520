package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Committed;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.cluster.ReplicatedTable.Row;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.contract.ReplicatedTableContract;
import io.holdfast.testkit.contract.TableCluster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SimTableTest extends ReplicatedTableContract {
    private static final NodeId A = NodeId.of("n0");
    private static final NodeId B = NodeId.of("n1");

    private final SimEnvironment environment = SimEnvironment.seed(7);

    @Override
    protected TableCluster start() {
        SimTable table = new SimTable(environment, 7, GroupId.of("default"));
        return new TableCluster() {
            @Override
            public ReplicatedTable table(int node) {
                return table.view(NodeId.of("n" + node));
            }

            @Override
            public MonotonicClock clock() {
                return environment.clock();
            }

            @Override
            public void changeLeader() {
                table.elect();
            }

            @Override
            public void isolate(int node) {
                table.isolate(NodeId.of("n" + node));
            }

            @Override
            public void heal() {
                table.heal();
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

    /** What became of a commit of an isolated node, after its deadline and long after. */
    private record Fate(Throwable told, boolean applied, boolean later) {}

    private Fate fateOfALonelyCommit(long seed, List<Condition> conditions) {
        SimEnvironment world = SimEnvironment.seed(seed);
        SimTable table = new SimTable(world, seed, GroupId.of("default"));
        ReplicatedTable a = table.view(A);
        ReplicatedTable b = table.view(B);
        table.isolate(A);
        CompletableFuture<Committed> commit = a.commit(
                        conditions,
                        List.of(Change.put("lonely", new byte[0])),
                        Deadline.after(world.clock().nanoTime(), Duration.ofMillis(200)))
                .toCompletableFuture();
        b.commit(List.of(), List.of(Change.put("other", new byte[0])), Deadline.NONE);
        world.advance(Duration.ofMillis(199));
        assertThat(commit).isNotDone();
        world.advance(Duration.ofMillis(1));
        assertThat(commit).isCompletedExceptionally();
        boolean before = read(world, b).isPresent();
        world.advance(Duration.ofMinutes(1));
        boolean applied = read(world, b).isPresent();
        return new Fate(told(commit), applied, applied && !before);
    }

    private static Optional<Row> read(SimEnvironment world, ReplicatedTable table) {
        CompletableFuture<Optional<Row>> read =
                table.get("lonely", ReadConsistency.LINEARIZABLE, Deadline.NONE).toCompletableFuture();
        world.advance(Duration.ofMillis(20));
        return read.join();
    }

    private static Throwable told(CompletableFuture<?> failed) {
        try {
            failed.join();
            throw new AssertionError("it did not fail");
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    @Test
    void aLonelyCommitIsToldAsItIsAndSometimesComesToPassAllTheSameEvenLater() {
        int notApplied = 0;
        int lost = 0;
        int applied = 0;
        int later = 0;
        for (long seed = 1; seed <= 100; seed++) {
            Fate fate = fateOfALonelyCommit(seed, List.of());
            boolean unknown = fate.told() instanceof UnknownOutcomeException;
            assertThat(unknown || fate.told() instanceof NotAppliedException).isTrue();
            assertThat(fate.applied() && !unknown).as("seed %d", seed).isFalse();
            notApplied += unknown ? 0 : 1;
            lost += unknown && !fate.applied() ? 1 : 0;
            applied += fate.applied() ? 1 : 0;
            later += fate.later() ? 1 : 0;
        }
        assertThat(List.of(notApplied, lost, applied, later)).allMatch(count -> count >= 5);
    }

    @Test
    void aCommitThatArrivesLateIsNotAppliedIfItsConditionsHoldNoLonger() {
        for (long seed = 1; seed <= 100; seed++) {
            Fate fate = fateOfALonelyCommit(seed, List.of(new Condition("other", 0)));
            assertThat(fate.later()).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void aCallOfAHealedNodeIsAnsweredBeforeItsDeadline() {
        for (long seed = 1; seed <= 20; seed++) {
            SimEnvironment world = SimEnvironment.seed(seed);
            SimTable table = new SimTable(world, seed, GroupId.of("default"));
            table.isolate(A);
            CompletableFuture<Committed> commit = table.view(A)
                    .commit(List.of(), List.of(Change.put("a", new byte[0])), Deadline.NONE)
                    .toCompletableFuture();
            world.advance(Duration.ofSeconds(40));
            assertThat(commit).isNotDone();
            table.heal();
            world.advance(Duration.ofMillis(100));
            assertThat(commit.join().applied()).isTrue();
            assertThat(table.rows().get("a").orElseThrow().version())
                    .as("seed %d", seed)
                    .isEqualTo(1);
        }
    }

    @Test
    void aLocalReadOfANodeThatIsCutOffIsOldAndOneThatCameBackFollows() {
        SimTable table = new SimTable(environment, 7, GroupId.of("default"));
        ReplicatedTable b = table.view(B);
        table.view(A);
        table.isolate(B);
        for (int i = 0; i < 5000; i++) {
            table.view(A).commit(List.of(), List.of(Change.put("a", new byte[0])), Deadline.NONE);
        }
        environment.advance(Duration.ofSeconds(1));
        assertThat(local(b)).isEmpty();
        table.heal();
        environment.advance(Duration.ofSeconds(1));
        assertThat(local(b).orElseThrow().version()).isEqualTo(5000);
    }

    private Optional<Row> local(ReplicatedTable table) {
        CompletableFuture<Optional<Row>> read =
                table.get("a", ReadConsistency.LOCAL, Deadline.NONE).toCompletableFuture();
        environment.advance(Duration.ofMillis(1));
        return read.join();
    }
}
