package io.holdfast.benchmarks.shards;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who leads the group in which the shard map lies is told from who leads another. */
class MetaSeatTest {
    private static String page(String first, String second) {
        return "{\"enabled\":true,\"groups\":[{\"group\":\"default\",\"leader\":\"n1\"" + first
                + ",\"stateFrom\":\"this node\"},{\"group\":\"data-1\",\"leader\":\"n2\"" + second + "}]}";
    }

    private static String replica(String role) {
        return ",\"replica\":{\"peer\":\"n1\",\"role\":\"" + role + "\"}";
    }

    @Test
    void theOtherGroupsDoNotCount() {
        assertThat(MetaSeat.of(page(replica("FOLLOWER"), replica("LEADER")))).isEqualTo(new MetaSeat(true, false));
        assertThat(MetaSeat.of(page("", replica("LEADER")))).isEqualTo(new MetaSeat(false, false));
        assertThat(MetaSeat.of(page(replica("LEADER"), ""))).isEqualTo(new MetaSeat(true, true));
    }
}
