package io.holdfast.consensus.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.storage.ReplicaStorage;
import io.holdfast.core.GroupId;
import io.holdfast.core.env.Registration;
import io.holdfast.testkit.sim.SimEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who listens for the replica hears of it whatever the group's worker has to do. */
class ReplicaHostTest {
    private static final GroupId GROUP = GroupId.of("g");
    private static final Duration SOON = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    private final SimEnvironment environment = SimEnvironment.seed(1);
    private final ExecutorService worker = environment.threads().serial("worker", 1);
    private final List<Optional<RaftReplica>> heard = new ArrayList<>();

    private Registration listen() {
        Supplier<EntryApplier> none = () -> {
            throw new IllegalStateException("no replica is opened here");
        };
        ReplicaHost host = new ReplicaHost(
                GROUP, new NoEngine(), ReplicaStorage.of(directory, GROUP), none, Optional.empty(), request -> {});
        return host.onReplica(heard::add, worker, environment.scheduler());
    }

    private static final class NoEngine implements RaftEngine {
        @Override
        public RaftReplica open(GroupId group, PeerId self, Opening opening, EntryApplier applier) {
            throw new IllegalStateException("no replica is opened here");
        }

        @Override
        public void close() {}
    }

    @Test
    void aListenerThatFindsTheWorkerFullHearsLater() {
        worker.execute(() -> {});
        assertThatThrownBy(() -> worker.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        listen();
        environment.advance(SOON);
        assertThat(heard).containsExactly(Optional.empty());
    }

    @Test
    void oneThatEndsBeforeIsNotCalled() {
        worker.execute(() -> {});
        listen().close();
        environment.advance(SOON);
        assertThat(heard).isEmpty();
    }

    @Test
    void aListenerOfAGroupThatHasEndedHearsNothing() {
        worker.shutdown();
        Registration listening = listen();
        environment.advance(SOON);
        listening.close();
        assertThat(heard).isEmpty();
    }
}
