package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            snapshot(before.term() + 2, 100, state);
            assertThat(read().index()).isEqualTo(100);
            assertThat(read().term()).isEqualTo(before.term() + 2);
        }
    }

    /** So it is when a node dies between the leader's snapshot and the first append behind it, after it had led itself. */
    @Test
    void whatADeposedLeaderNeverCommittedIsNotPutBehindASnapshotOfALaterTerm() throws IOException {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.appendAll(group.leader(), Group.numbered(1, 10));
            Counting state = group.leader().state;
            group.stop("a");
            StoredReplica before = read();
            snapshot(before.term() + 2, 5, state);
            StoredReplica after = read();
            assertThat(after.index()).isEqualTo(5);
            assertThat(after.term()).isEqualTo(before.term() + 2);
            assertThat(replayed(after)).isEqualTo(state.entries());
            snapshot(before.term(), 5, state);
            assertThat(read().index()).as("of its own term it goes on").isEqualTo(before.index());
            assertThat(replayed(read())).hasSizeGreaterThan(10);
        }
    }

    /** The bytes of it may be whole still, and what it alone holds would be missing. */
    @Test
    void anOlderSnapshotServesForOneThatCannotBeReadIfTheLogGoesOnFromIt() throws IOException {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.appendAll(group.leader(), Group.numbered(1, 10));
            Counting state = group.leader().state;
            group.stop("a");
            StoredReplica before = read();
            snapshot(before.term(), 5, state);
            Path unreadable = Files.createDirectory(machine().resolve("state-0000000000000008"));
            assertThat(read().index()).isEqualTo(before.index());
            Files.delete(unreadable);
            Files.createDirectory(machine().resolve("state-0000000000000064"));
            assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("directory");
        }
    }

    /** Its blocks are whole, so that it shows only while the state is filled. */
    @Test
    void aSnapshotWhoseStateIsDamagedDoesNotKeepTheReplicaClosed() throws IOException {
        try (Group group = new Group(directory, Group.steady()).found("a")) {
            Group.appendAll(group.leader(), Group.numbered(1, 10));
            List<String> entries = group.leader().state.entries();
            group.stop("a");
            Counting rotten = new Counting();
            rotten.apply(1, "rotten".getBytes(StandardCharsets.UTF_8));
            snapshot(read().term(), 5, rotten);
            assertThatThrownBy(() -> group.reopen("a", 0)).hasStackTraceContaining("this state is rotten");
            Group.Member again = group.reopen("a", 0);
            Group.until("it has all", () -> again.state.entries().equals(entries));
            assertThat(machine().resolve("state-0000000000000005.damaged")).exists();
        }
    }

    private static List<String> replayed(StoredReplica replica) throws IOException {
        Counting state = new Counting();
        replica.replay(state);
        return state.entries();
    }

    private void snapshot(long term, long index, Counting state) throws IOException {
        try (ReplicatedLog.Capture capture = state.capture()) {
            SnapshotFile.Place place = new SnapshotFile.Place(directory.resolve("t"), machine(), GroupId.of("g"));
            SnapshotFile.write(place, term, index, capture, Pace.alone(), () -> true);
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
