package io.holdfast.consensus.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node knows of who leads, and whom it tells. */
class KnownLeaderTest {
    private static Term term(String leader, long epoch) {
        return new Term(Optional.of(NodeId.of(leader)), new Epoch(epoch));
    }

    @Test
    void aListenerThatFailsKeepsNoNewsFromTheOthersNorLaterNewsFromItself() {
        KnownLeader leader = new KnownLeader(NodeId.of("a"), Runnable::run);
        List<Term> failing = new ArrayList<>();
        List<Term> heard = new ArrayList<>();
        leader.listen(term -> {
            failing.add(term);
            throw new IllegalStateException("a bug of a listener");
        });
        leader.listen(heard::add);
        leader.learn(term("b", 1));
        leader.learn(term("c", 2));
        assertThat(failing).endsWith(term("b", 1), term("c", 2));
        assertThat(heard).endsWith(term("b", 1), term("c", 2));
    }

    @Test
    void wordsOfOthersCountIfTheyAreNewerOrFillAGap() {
        KnownLeader leader = new KnownLeader(NodeId.of("a"), Runnable::run);
        leader.learn(term("b", 3));
        leader.hint(term("c", 2));
        assertThat(leader.current()).isEqualTo(term("b", 3));
        leader.forget(term("b", 3));
        assertThat(leader.current().leader()).isEmpty();
        leader.hint(term("b", 3));
        assertThat(leader.current()).isEqualTo(term("b", 3));
        leader.hint(term("a", 4));
        assertThat(leader.isLeader()).isTrue();
    }
}
