package io.holdfast.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.testkit.contract.LogCluster;
import io.holdfast.testkit.contract.ReplicatedLogContract;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class SimLogTest extends ReplicatedLogContract {
    private final SimEnvironment environment = SimEnvironment.seed(7);

    @Override
    protected LogCluster start(int nodes, IntFunction<ReplicatedLog.Applier> appliers) {
        return new SimLogCluster(environment, 7, nodes, appliers);
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        for (int i = 0; i < 20_000 && !condition.getAsBoolean(); i++) {
            environment.advance(Duration.ofMillis(1));
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    @Test
    void closingEndsAReadWithoutDeadlineThatNoMajorityAnswers() {
        LogCluster cluster = start(3, i -> new Stateless());
        ReplicatedLog alone = cluster.log(0);
        cluster.isolate(0);
        CompletableFuture<Long> read = alone.readBarrier(Deadline.NONE).toCompletableFuture();
        environment.advance(Duration.ofSeconds(10));
        assertThat(read).isNotDone();
        cluster.kill(0);
        assertThat(read).isCompletedExceptionally();
    }

    @Test
    void closingEndsAReadOfARevisionThatNeverComes() {
        LogCluster cluster = start(3, i -> new Stateless());
        ReplicatedLog log = cluster.log(0);
        CompletableFuture<byte[]> before = atLeast(log, 1_000);
        environment.advance(Duration.ofSeconds(10));
        assertThat(before).isNotDone();
        cluster.kill(0);
        assertThat(before).isCompletedExceptionally();
        assertThat(atLeast(log, 1_000)).isCompletedExceptionally();
    }

    private static CompletableFuture<byte[]> atLeast(ReplicatedLog log, long revision) {
        return log.query(new byte[0], ReadConsistency.atLeast(revision), Deadline.NONE)
                .toCompletableFuture();
    }
}
