package io.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.GroupId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.testkit.sim.SimEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class GuardedReplicaTest {
    private static final PeerId SELF = PeerId.parse("a#0");
    private static final List<PeerId> ALL = List.of(SELF, PeerId.parse("b#0"), PeerId.parse("c#0"));

    private final SimEnvironment environment = SimEnvironment.seed(1);
    private final Telemetry telemetry = new Telemetry(
            new SimpleMeterRegistry(),
            OpenTelemetry.noop().getTracer("test"),
            new HealthChecks(),
            new FlightRecorder(environment.wallClock(), 16));
    private final Recording recording = new Recording();
    private long free = 99;

    private GuardedReplica guarded() {
        DiskGuard.Mark mark = new DiskGuard.Mark(0.1, new DataSize(1 << 20), Duration.ofSeconds(1));
        DiskGuard disk = DiskGuard.start(
                mark,
                () -> new DiskGuard.Space(1000, free),
                environment.scheduler(),
                environment.threads().serial("disk", 4),
                telemetry);
        return new GuardedReplica(recording, disk, environment.clock());
    }

    private static void append(GuardedReplica replica) {
        replica.append(new byte[1]).toCompletableFuture().join();
    }

    private static void assertRefused(GuardedReplica replica) {
        assertThatThrownBy(() -> append(replica)).hasCauseInstanceOf(NotAppliedException.class);
    }

    @Test
    void aLeaderWithoutSpaceRefusesAndHandsTheLeadToOneVoterAfterTheOther() {
        GuardedReplica replica = guarded();
        assertRefused(replica);
        assertRefused(replica);
        assertThat(recording.asked).as("seldom, for all disks may be full").containsExactly(ALL.get(1));
        environment.advance(Duration.ofSeconds(3));
        assertRefused(replica);
        assertThat(recording.asked).containsExactly(ALL.get(1), ALL.get(2));
        assertThat(recording.appended).isZero();
    }

    @Test
    void aFollowerWithoutSpaceHandsNothingOver() {
        recording.role = RaftRole.FOLLOWER;
        assertRefused(guarded());
        assertThat(recording.asked).isEmpty();
    }

    @Test
    void withSpaceAgainItAppends() {
        GuardedReplica replica = guarded();
        assertRefused(replica);
        free = 500;
        environment.advance(Duration.ofSeconds(2));
        append(replica);
        assertThat(recording.appended).isEqualTo(1);
    }

    /** Notes what it is asked. */
    private static final class Recording implements RaftReplica {
        private final List<PeerId> asked = new ArrayList<>();
        private RaftRole role = RaftRole.LEADER;
        private int appended;

        @Override
        public CompletionStage<byte[]> append(byte[] entry) {
            appended++;
            return CompletableFuture.completedFuture(entry);
        }

        @Override
        public CompletionStage<Void> transferLeadership(Optional<PeerId> to, Duration limit) {
            to.ifPresent(asked::add);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public GroupId group() {
            return GroupId.of("g");
        }

        @Override
        public ReplicaStatus status() {
            Voters voters = new Voters(ALL, List.of(), 1);
            return new ReplicaStatus(SELF, role, true, 1, Optional.of(SELF), 0, 0, voters, 0, Optional.empty());
        }

        @Override
        public Registration onChange(Runnable listener) {
            return () -> {};
        }

        @Override
        public CompletionStage<Void> changeVoters(List<PeerId> expected, List<PeerId> wanted, Duration limit) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void campaign() {}

        @Override
        public void close() {}
    }
}
