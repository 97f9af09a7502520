package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.core.config.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a snapshot is written without being asked for, and what of the log stays behind it. */
@Timeout(300)
class SnapshotTriggersTest {
    private static final int NEVER = 100_000_000;
    private static final DataSize HUGE = new DataSize(1L << 40);
    private static final Duration LATE = Duration.ofHours(1);

    @TempDir
    Path directory;

    private static RaftServer.Division division(Group.Member member) {
        return ((Replica) member.replica).division();
    }

    private static long snapshot(Group.Member member) {
        SnapshotInfo latest = division(member).getStateMachine().getLatestSnapshot();
        return latest == null ? -1 : latest.getIndex();
    }

    private Group group(int entries, DataSize bytes, Duration interval) {
        return new Group(directory, Group.steady().withSnapshots(entries, bytes, interval)).found("a");
    }

    @Test
    void soManyEntriesAreATrigger() {
        try (Group group = group(50, HUGE, LATE)) {
            Group.Member leader = group.leader();
            Group.appendAll(leader, Group.numbered(1, 60));
            Group.until("a snapshot", () -> snapshot(leader) >= 49);
        }
    }

    @Test
    void soManyBytesAreATrigger() {
        try (Group group = group(NEVER, new DataSize(500_000), LATE)) {
            Group.Member leader = group.leader();
            Group.append(leader, "x".repeat(400_000));
            assertThat(snapshot(leader)).isEqualTo(-1);
            Group.append(leader, "x".repeat(400_000));
            Group.until("a snapshot", () -> snapshot(leader) >= 1);
        }
    }

    @Test
    void soMuchTimeIsATriggerIfThereIsAnythingNew() {
        try (Group group = group(NEVER, HUGE, Duration.ofMillis(100))) {
            Group.Member leader = group.leader();
            Group.append(leader, "one");
            Group.until("a snapshot", () -> snapshot(leader) >= 1);
        }
    }

    /** The next life, maybe as another peer, has the same directory. */
    @Test
    void theSnapshotThatIsBeingWrittenEndsWithItsReplica() throws IOException {
        try (Group group = group(NEVER, HUGE, LATE)) {
            Group.Member leader = group.leader();
            Group.append(leader, "one");
            Counting state = leader.state;
            state.writeSlowly();
            ((Replica) leader.replica).askForSnapshot();
            Group.until("it is being written", state::isWriting);
            group.stop("a");
            assertThat(state.isWriting()).isFalse();
            try (Stream<Path> files = Files.walk(directory)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .noneMatch(name -> name.startsWith("state"));
            }
        }
    }

    @Test
    void theMarginForSlowFollowersStaysInTheLog() {
        int margin = 100;
        RaftConfig config = Group.steady().withSnapshots(150, HUGE, LATE).withLog(new DataSize(1 << 20), margin);
        try (Group group = new Group(directory, config).found("a")) {
            Group.Member leader = group.leader();
            Group.appendAll(
                    leader,
                    IntStream.range(0, 500)
                            .mapToObj(i -> i + "x".repeat(30_000))
                            .toList());
            Group.until("a purged log", () -> division(leader).getRaftLog().getStartIndex() > 0);
            long start = division(leader).getRaftLog().getStartIndex();
            assertThat(start).isLessThanOrEqualTo(snapshot(leader) + 1);
            assertThat(division(leader).getRaftLog().getNextIndex() - start).isGreaterThanOrEqualTo(margin);
        }
    }
}
