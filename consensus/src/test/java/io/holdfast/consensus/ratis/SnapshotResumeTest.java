package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.transport.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that travels to a follower survives the end of either side. */
@Timeout(300)
class SnapshotResumeTest {
    private static final RaftConfig CONFIG = Group.steady()
            .withSnapshots(100, new DataSize(1L << 30), Duration.ofMinutes(10))
            .withLog(new DataSize(1 << 20), 0);

    @TempDir
    Path directory;

    private final List<Integer> travelled = new CopyOnWriteArrayList<>();

    @Test
    @Tag("slow")
    void aTransferThatAKillBrokeOffGoesOnWhereItWas() throws IOException {
        try (Group group = new Group(directory, CONFIG).found("a", "b", "c")) {
            group.appendAnywhere("first");
            String far = group.followers().get(0).node.value();
            group.stop(far);
            int chunks = leaveBehind(group);
            group.links.watch((from, to, message) -> {
                count(message);
                if (travelled.size() == 7) {
                    group.links.cutBoth(from, to);
                }
                return false;
            });
            group.reopen(far, 0);
            Group.until("half of it has travelled", () -> travelled.size() >= 7);
            group.stop(far);
            assertThat(leftOvers(far)).as("what a kill leaves").isNotEmpty();
            Path old = leaveReplaced(far);
            travelled.clear();
            group.links.watch((from, to, message) -> {
                count(message);
                return false;
            });
            group.links.heal();
            group.reopen(far, 0);
            group.everybodyHasTheSame();
            System.out.printf("snapshot of %d chunks: after a kill in the middle, %s travelled%n", chunks, travelled);
            assertThat(travelled).isNotEmpty().allMatch(chunk -> chunk >= 4).hasSizeLessThanOrEqualTo(chunks - 4);
            assertThat(arrivals(far)).isEmpty();
            assertThat(leftOvers(far)).isEmpty();
            assertThat(old).doesNotExist();
        }
    }

    @Test
    @Tag("slow")
    void ofTransfersThatBrokeOffInOneLifeOneAtMostIsOnTheDisk() {
        try (Group group = new Group(directory, CONFIG).found("a", "b", "c")) {
            group.appendAnywhere("first");
            String far = group.followers().get(0).node.value();
            group.stop(far);
            leaveBehind(group);
            List<List<Path>> seen = new CopyOnWriteArrayList<>();
            group.links.watch((from, to, message) -> {
                boolean third = message.route().endsWith("/snapshot")
                        && seen.size() < 2
                        && chunkOf(message).getChunkIndex() == 2;
                if (third) {
                    seen.add(leftOvers(far)); // the two before have been answered
                }
                return third;
            });
            group.reopen(far, 0);
            Group.until("two attempts break off", () -> seen.size() >= 2);
            assertThat(seen)
                    .allMatch(found -> found.size() == 1); // that of the attempt before went with the first chunk
            assertThat(seen.get(0)).isNotEqualTo(seen.get(1));
            group.everybodyHasTheSame();
            Group.until("nothing is left", () -> leftOvers(far).isEmpty());
        }
    }

    /** What Ratis has written of snapshots that did not come whole. */
    private List<Path> leftOvers(String node) {
        return find(node, path -> path.getFileName().toString().startsWith("snapshot-"));
    }

    /** As a crash leaves it before Ratis has deleted what it replaced. */
    private Path leaveReplaced(String node) throws IOException {
        Path machine = find(node, path -> path.endsWith("sm")).get(0);
        Path replaced = Files.createDirectories(machine.resolveSibling("sm.tmp20261130"));
        return Files.write(replaced.resolve("state-0000000000000001.md5"), new byte[10])
                .getParent();
    }

    private List<Path> find(String node, Predicate<Path> wanted) {
        while (true) {
            try (var files = Files.walk(directory.resolve(node))) {
                return files.filter(wanted).toList();
            } catch (NoSuchFileException vanished) {
                // the node goes on meanwhile: once more
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) {
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** More than ten chunks that are in no log any more. */
    private static int leaveBehind(Group group) {
        Group.Member leader = group.leader();
        Group.appendAll(
                leader,
                IntStream.range(0, 220)
                        .mapToObj(i -> "bulk" + i + "x".repeat(60_000))
                        .toList());
        Group.snapshot(leader.replica);
        Replica replica = (Replica) leader.replica;
        Group.until("a purged log", () -> replica.division().getRaftLog().getStartIndex() > 100);
        return 13; // 220 entries of 60,000 bytes
    }

    private void count(Message message) {
        if (message.route().endsWith("/snapshot") && !chunkOf(message).getData().isEmpty()) {
            travelled.add(chunkOf(message).getChunkIndex());
        }
    }

    private static FileChunkProto chunkOf(Message message) {
        try {
            return InstallSnapshotRequestProto.parseFrom(message.payload())
                    .getSnapshotChunk()
                    .getFileChunks(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> arrivals(String node) {
        Path home = directory.resolve(node).resolve("g/arrivals");
        try (var files = Files.list(home)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what is kept ------------------------------------------------------------------------------------------

    private SnapshotChunks chunks(String name, int size) throws IOException {
        Path file = directory.resolve(name);
        byte[] bytes = new byte[size];
        new SplittableRandom(name.hashCode()).nextBytes(bytes);
        Files.write(file, bytes);
        return new SnapshotChunks(file, directory, TermIndex.valueOf(3, 77), "r");
    }

    private static void send(SnapshotChunks from, SnapshotArrival to, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            to.whole(InstallSnapshotRequestProto.newBuilder()
                    .setSnapshotChunk(from.next())
                    .build());
        }
    }

    private static final int FIVE_AND_A_HALF = 11 * SnapshotChunks.SIZE / 2;

    @Test
    void whatArrivedIsGivenBackWithoutTravellingAgain() throws IOException {
        SnapshotArrival arrival = new SnapshotArrival(directory.resolve("arrivals"));
        try (SnapshotChunks all = chunks("s", FIVE_AND_A_HALF)) {
            assertThat(arrival.held(all.offer())).isZero();
            send(all, arrival, 6);
            assertThat(all.hasNext()).isFalse();
            assertThat(arrival.held(all.offer())).isEqualTo(6);
        }
        try (SnapshotChunks again = chunks("s", FIVE_AND_A_HALF)) {
            while (again.hasNext()) {
                var chunk = again.next();
                var empty = chunk.toBuilder();
                empty.getFileChunksBuilder(0).clearData();
                assertThat(arrival.whole(InstallSnapshotRequestProto.newBuilder()
                                        .setSnapshotChunk(empty)
                                        .build())
                                .getSnapshotChunk())
                        .isEqualTo(chunk);
            }
        }
    }

    /** The last one may have been under way when the power failed. */
    @Test
    void aNewLifeTrustsAllButTheLastChunk() throws IOException {
        try (SnapshotChunks all = chunks("s", FIVE_AND_A_HALF)) {
            SnapshotArrival before = new SnapshotArrival(directory.resolve("arrivals"));
            before.held(all.offer());
            send(all, before, 4);
            assertThat(new SnapshotArrival(directory.resolve("arrivals")).held(all.offer()))
                    .isEqualTo(3);
        }
    }

    @Test
    void aLateChunkOfAnotherLeadersSnapshotIsNotKept() throws IOException {
        SnapshotArrival arrival = new SnapshotArrival(directory.resolve("arrivals"));
        try (SnapshotChunks old = chunks("old", FIVE_AND_A_HALF);
                SnapshotChunks next = chunks("next", 2 * FIVE_AND_A_HALF)) {
            arrival.held(old.offer());
            arrival.held(next.offer());
            assertThatThrownBy(() -> send(old, arrival, 1)).hasMessageContaining("was not offered");
            assertThat(arrival.held(next.offer())).isZero();
        }
    }

    @Test
    void whatArrivedOfASnapshotThatIsNotNeededAnyMoreGoes() throws IOException {
        SnapshotArrival arrival = new SnapshotArrival(directory.resolve("arrivals"));
        try (SnapshotChunks all = chunks("s", FIVE_AND_A_HALF)) {
            arrival.held(all.offer());
            send(all, arrival, 4);
            arrival.discardUpTo(76);
            assertThat(arrival.held(all.offer())).isEqualTo(4);
            new SnapshotArrival(directory.resolve("arrivals")).discardUpTo(77);
            assertThat(directory.resolve("arrivals")).isEmptyDirectory();
        }
    }

    @Test
    void anotherSnapshotTakesThePlaceOfWhatArrived() throws IOException {
        SnapshotArrival arrival = new SnapshotArrival(directory.resolve("arrivals"));
        try (SnapshotChunks one = chunks("one", FIVE_AND_A_HALF);
                SnapshotChunks two = chunks("two", FIVE_AND_A_HALF)) {
            arrival.held(one.offer());
            send(one, arrival, 4);
            assertThat(arrival.held(two.offer())).isZero();
            assertThat(arrival.held(one.offer())).isZero();
            try (var files = Files.list(directory.resolve("arrivals"))) {
                assertThat(files).hasSize(1);
            }
            arrival.discard();
            assertThat(directory.resolve("arrivals")).isEmptyDirectory();
        }
    }
}
