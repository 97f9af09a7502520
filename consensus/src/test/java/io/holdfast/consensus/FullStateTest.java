package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.RefusedException;
import io.holdfast.consensus.session.SessionConfig;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.testkit.sim.SimEnvironment;
import org.junit.jupiter.api.Test;

/** What is full must have a way out, and what is large must not fill the memory of all replicas. */
class FullStateTest {
    private static Consensus consensus(StateLimits limits) {
        SimEnvironment environment = SimEnvironment.seed(3);
        DirectLog log = new DirectLog(new PrimitiveMachine(Consensus.types(), limits));
        GroupSession session = GroupSession.start(log, NodeId.of("a"), SessionConfig.lan(), environment);
        return Consensus.of(session, new TextCodec(), environment);
    }

    @Test
    void aTopicThatHasAllItsBytesGoesOnWhenFewerMessagesAreRetained() {
        Consensus small = consensus(new StateLimits(10, 1000, 10_000, 1 << 20, 10));
        Topic<String> topic = small.topic("news", String.class, 100);
        String message = "m".repeat(3000);
        for (int i = 0; i < 3; i++) {
            topic.append(message);
        }
        assertThatThrownBy(() -> topic.append(message))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("10000 bytes, its limit");
        Topic<String> shorter = small.topic("news", String.class, 2);
        assertThat(shorter.append(message)).isEqualTo(3);
        assertThat(shorter.append(message)).isEqualTo(4);
        assertThat(shorter.read(0, 10, ReadConsistency.LOCAL).messages()).hasSize(2);
    }

    @Test
    void aTransactionThatReadsTooMuchIsRefusedBeforeItHasReadItAll() {
        Consensus large = consensus(StateLimits.standard());
        ReplicatedMap<String, String> map = large.map("m", String.class, String.class);
        map.put("k", "v".repeat(400_000));
        Transaction reads = large.transaction();
        for (int i = 0; i < 4000; i++) {
            reads.get(map, "k");
        }
        assertThatThrownBy(reads::commit)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("reads and removes must have at most 1048576 bytes together; divide it");
        assertThat(large.transaction().get(map, "k").get(map, "k").commit().succeeded())
                .isTrue();
    }
}
