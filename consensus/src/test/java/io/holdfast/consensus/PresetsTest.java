package io.holdfast.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.log.GroupLogConfig;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.core.config.Configuration;
import org.junit.jupiter.api.Test;

/** What is measured with a preset must be what a node runs with. */
class PresetsTest {
    private final Configuration empty = Configuration.builder().build();

    @Test
    void theLogOfANodeHasThePresetsNumbers() {
        assertThat(empty.bind("log", GroupLogConfig.class)).isEqualTo(GroupLogConfig.lan());
    }

    @Test
    void theEngineOfANodeHasThePresetsNumbers() {
        assertThat(empty.bind("raft", RaftConfig.class)).isEqualTo(RaftConfig.lan());
    }
}
