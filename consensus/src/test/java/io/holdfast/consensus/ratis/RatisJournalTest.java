package io.holdfast.consensus.ratis;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.TextCodec;
import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.consensus.primitive.JournalType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.testkit.contract.JournalCluster;
import io.holdfast.testkit.contract.ReplicatedJournalContract;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the journal on Ratis: one group for all tests, each with a journal of its own. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RatisJournalTest extends ReplicatedJournalContract {
    private final Environment environment = Environment.system();
    private RatisLogCluster cluster;
    private List<Consensus> nodes;
    private int journals;

    @BeforeAll
    void startGroup(@TempDir Path directory) {
        cluster = new RatisLogCluster(
                directory,
                3,
                GroupLogConfig.lan(),
                node -> new PrimitiveMachine(Consensus.types(), StateLimits.standard()));
        cluster.leader();
        cluster.log(0)
                .propose(new Command.Raise(JournalType.LEVEL).encode(), Deadline.NONE)
                .toCompletableFuture()
                .join();
        nodes = IntStream.range(0, 3).mapToObj(this::consensus).toList();
    }

    private Consensus consensus(int node) {
        GroupSession session =
                GroupSession.start(cluster.log(node), RatisLogCluster.id(node), SessionConfig.lan(), environment);
        return Consensus.of(session, new TextCodec(), environment);
    }

    @AfterAll
    void endGroup() {
        nodes.forEach(node -> node.session().close());
        cluster.close();
        environment.close();
    }

    @Override
    protected JournalCluster start() {
        String name = "records-" + journals++;
        return new JournalCluster() {
            @Override
            public ReplicatedJournal journal(int node) {
                return nodes.get(node).journal(name);
            }

            @Override
            public MonotonicClock clock() {
                return cluster.clock();
            }

            @Override
            public void changeLeader() {
                cluster.changeLeader();
            }

            @Override
            public void isolate(int node) {
                cluster.isolate(node);
            }

            @Override
            public void heal() {
                cluster.heal();
            }

            @Override
            public void close() {
                cluster.heal();
            }
        };
    }
}
