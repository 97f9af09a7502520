package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a holder knows of its lease, and one who waits of its time, where timers and clocks do not agree. */
class LeaseTest {
    private final SimEnvironment simulated = SimEnvironment.seed(3);
    private final LateTimers environment = new LateTimers(simulated);
    private final DirectLog log = new DirectLog(new PrimitiveMachine(Consensus.types(), StateLimits.standard()));

    /** Its clock may go on before its timers do: as after a pause of the machine. */
    private static final class LateTimers implements Environment {
        private final SimEnvironment simulated;
        private long ahead;

        LateTimers(SimEnvironment simulated) {
            this.simulated = simulated;
        }

        void pause(Duration time) {
            ahead += time.toNanos();
        }

        @Override
        public MonotonicClock clock() {
            return () -> simulated.clock().nanoTime() + ahead;
        }

        @Override
        public WallClock wallClock() {
            return simulated.wallClock();
        }

        @Override
        public Scheduler scheduler() {
            return simulated.scheduler();
        }

        @Override
        public RandomSource random() {
            return simulated.random();
        }

        @Override
        public Threads threads() {
            return simulated.threads();
        }

        @Override
        public void close() {
            simulated.close();
        }
    }

    private Consensus node(String name, Duration timeToLive) {
        return node(log, name, timeToLive);
    }

    private Consensus node(ReplicatedLog on, String name, Duration timeToLive) {
        GroupSession session =
                GroupSession.start(on, NodeId.of(name), SessionConfig.lan().withTimeToLive(timeToLive), environment);
        return Consensus.of(session, new TextCodec(), environment);
    }

    @Test
    void aLeaseThatWasOnceNotSureIsLostForGoodWhateverTheGroupAnswersThen() {
        Consensus node = node("a", Duration.ofSeconds(10));
        Lease lease = node.lock("l").lockAsync().join();
        List<String> told = new ArrayList<>();
        lease.onLost(() -> told.add("lost"));
        environment.pause(Duration.ofSeconds(8));
        assertThat(lease.isHeld()).isFalse();
        assertThat(node.counter("c").add(1)).as("the session goes on").isEqualTo(1);
        assertThat(lease.isHeld()).isFalse();
        simulated.advance(Duration.ofSeconds(1));
        assertThat(told).containsExactly("lost");
        assertThat(lease.release().toCompletableFuture().join())
                .as("held until then in the group")
                .isTrue();
    }

    @Test
    void whoGetsItsLockByTimeAloneIsNotAnsweredByAReplicaThatHasNotSeenThatTime() {
        TickedLog ticked = new TickedLog(
                new PrimitiveMachine(Consensus.types(), StateLimits.standard()),
                new PrimitiveMachine(Consensus.types(), StateLimits.standard()));
        node(ticked, "a", Duration.ofSeconds(10)).lock("l").tryLock().orElseThrow();
        CompletableFuture<Lease> waits =
                node(ticked, "b", Duration.ofHours(1)).lock("l").lockAsync();
        simulated.advance(Duration.ofMillis(100));
        assertThat(waits).isNotDone();
        ticked.tick(Duration.ofSeconds(11));
        simulated.advance(Duration.ofMillis(500));
        assertThat(waits).isCompleted();
        assertThat(waits.join().isHeld()).isTrue();
    }

    @Test
    void aTimeThatIsOverByTheGroupsClockFirstIsOverAndNoSessionWasLost() {
        Duration hour = Duration.ofHours(1);
        Consensus holder = node("a", hour);
        Consensus waiter = node("b", hour);
        holder.lock("l").tryLock().orElseThrow();
        CompletableFuture<Optional<Lease>> waits = waiter.lock("l").tryLockAsync(Duration.ofSeconds(10));
        simulated.advance(Duration.ofMillis(9500));
        assertThat(waits).isNotDone();
        log.advance(Duration.ofSeconds(10));
        holder.counter("c").add(1);
        simulated.advance(Duration.ofMillis(400));
        assertThat(waits).isCompletedWithValue(Optional.empty());
    }
}
