package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a disk says of its replica. */
@Timeout(300)
class StoredReplicaTest {
    @TempDir
    Path directory;

    /** So it is when the leader's snapshot has arrived and what the log held before has not been deleted yet. */
    @Test
    void aReplicaIsAsAdvancedAsItsSnapshotWhereTheLogEndsBefore() throws IOException {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.appendAll(group.leader(), Group.numbered(1, 10));
            Counting state = group.leader().state;
            group.stop("a");
            StoredReplica before = read();
            assertThat(before.index()).isGreaterThanOrEqualTo(10);
            try (ReplicatedLog.Capture capture = state.capture()) {
                SnapshotFile.Place place = new SnapshotFile.Place(directory.resolve("t"), machine(), GroupId.of("g"));
                SnapshotFile.write(place, before.term() + 2, 100, capture, Pace.alone(), () -> true);
            }
            assertThat(read().index()).isEqualTo(100);
            assertThat(read().term()).isEqualTo(before.term() + 2);
        }
    }

    private StoredReplica read() throws IOException {
        return StoredReplica.read(directory.resolve("a"), GroupId.of("g"), NodeId.of("a"));
    }

    private Path machine() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("sm")).findFirst().orElseThrow();
        }
    }
}
