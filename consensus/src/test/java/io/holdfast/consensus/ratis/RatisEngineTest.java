package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisEngineTest {
    @TempDir
    Path directory;

    @Test
    void threeReplicasElectALeaderAndApplyTheSameEntriesInOrder() {
        try (Group group = new Group(directory, Group.quick()).found("a", "b", "c")) {
            List<String> entries = new ArrayList<>();
            for (int i = 1; i <= 100; i++) {
                assertThat(Group.append(group.leader(), "e" + i)).isEqualTo(Integer.toString(i));
                entries.add("e" + i);
            }
            group.everybodyHas(entries);
        }
    }
}
