package io.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupCountTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");

    @Test
    void oneWrongNewcomerStopsItselfAndNotTheOthers() {
        assertThat(GroupCount.refusal(2, Map.of(A, 2, B, 3))).isEmpty();
        assertThat(GroupCount.refusal(3, new TreeMap<>(Map.of(A, 2, B, 2))).orElseThrow())
                .contains("node a has holdfast.consensus.groups=2 and this node 3");
    }

    @Test
    void twoThatDisagreeBothStop() {
        assertThat(GroupCount.refusal(3, Map.of(A, 2))).isPresent();
        assertThat(GroupCount.refusal(2, Map.of(A, 3))).isPresent();
        assertThat(GroupCount.refusal(2, Map.of())).isEmpty();
    }
}
