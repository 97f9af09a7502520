package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.storage.Finding;
import io.holdfast.consensus.storage.ReplicaStorage;
import io.holdfast.consensus.storage.SyncMark;
import io.holdfast.core.config.DataSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All that was not synced is lost, in the middle of the work: nothing that was acknowledged is among it. */
@Timeout(300)
@Tag("slow")
class PowerFailureTest {
    private static final RaftConfig CONFIG = Group.steady()
            .withSnapshots(3_000, new DataSize(1L << 30), Duration.ofMinutes(10))
            .withLog(new DataSize(1024 * 1024), 1_000);
    private static final List<String> NODES = List.of("a", "b", "c");
    private static final int OPEN = 64;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger next = new AtomicInteger();

    @Test
    void onAllNodesAtOnceNothingAcknowledgedIsLost() throws IOException {
        fail(NODES, 3);
    }

    @Test
    void onOneNodeNothingAcknowledgedIsLost() throws IOException {
        fail(List.of("b"), 1);
    }

    @Test
    void onAllNodesAtOnceNothingAcknowledgedIsLostManyTimes() throws IOException {
        fail(NODES, 25);
    }

    private void fail(List<String> victims, int images) throws IOException {
        List<Path> taken = new ArrayList<>();
        List<List<String>> known = new ArrayList<>();
        try (Group group = new Group(directory.resolve("live"), CONFIG).found(NODES.toArray(String[]::new))) {
            Group.Member leader = group.leader();
            for (int i = 0; i < OPEN; i++) {
                write(leader);
            }
            for (int i = 0; i < images; i++) {
                int before = acknowledged.size();
                Group.until("more is acknowledged", () -> acknowledged.size() > before + 400);
                Path image = directory.resolve("image" + i);
                List<String> acks = image(group, image, victims);
                taken.add(image);
                known.add(acks);
            }
            stopped.set(true);
        }
        for (int i = 0; i < taken.size(); i++) {
            returns(taken.get(i), known.get(i));
        }
    }

    /** One after the other, and many of them at once. */
    private void write(Group.Member leader) {
        if (stopped.get()) {
            return;
        }
        String entry = "e" + next.incrementAndGet() + "-" + "x".repeat(next.get() % 60);
        leader.replica.append(entry.getBytes(StandardCharsets.UTF_8)).whenComplete((result, failure) -> {
            if (failure == null) {
                acknowledged.add(entry);
                write(leader);
            }
        });
    }

    /** What is acknowledged before the disks are looked at must be on them; each disk loses what it had not synced. */
    private List<String> image(Group group, Path image, List<String> victims) throws IOException {
        while (true) {
            List<String> acks = List.copyOf(acknowledged);
            Map<String, Long> synced = new HashMap<>();
            for (Group.Member member : group.members.values()) {
                synced.put(
                        member.node.value(),
                        ((Replica) member.replica).division().getRaftLog().getFlushIndex());
            }
            boolean whole = true;
            for (String node : NODES) {
                whole &= PowerFailure.copy(directory.resolve("live").resolve(node), image.resolve(node));
            }
            if (whole && newestSnapshot(image) <= onMajority(synced)) {
                for (String victim : victims) {
                    mark(current(image.resolve(victim)), synced.get(victim));
                    String how = PowerFailure.cut(current(image.resolve(victim)), synced.get(victim), random);
                    System.out.printf(
                            "power fails on %s after entry %d, %d acknowledged: %s%n",
                            victim, synced.get(victim), acks.size(), how);
                }
                return acks;
            }
            delete(image);
        }
    }

    /** The disks are copied one after the other: a snapshot that was finished meanwhile may hold what no log of this image does, which no failure at one moment can leave. */
    private static long newestSnapshot(Path image) throws IOException {
        try (var files = Files.walk(image)) {
            return files.filter(SnapshotFile::isNamedSo)
                    .mapToLong(
                            file -> Long.parseLong(file.getFileName().toString().substring("state-".length()), 16))
                    .max()
                    .orElse(-1);
        }
    }

    private static long onMajority(Map<String, Long> synced) {
        List<Long> sorted = synced.values().stream().sorted().toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    /** It never leads; it may be an older one, for it is not synced with each entry. */
    private void mark(Path current, long synced) throws IOException {
        try (SyncMark mark = SyncMark.open(current)) {
            mark.write(Math.max(-1, synced - random.nextInt(4) * random.nextInt(300)));
        }
    }

    private static Path current(Path node) throws IOException {
        try (var found = Files.newDirectoryStream(node.resolve("g/raft"))) {
            for (Path raft : found) {
                if (Files.isDirectory(raft.resolve("current"))) {
                    return raft.resolve("current");
                }
            }
        }
        throw new IOException("no log in " + node);
    }

    private static void delete(Path tree) throws IOException {
        try (var walk = Files.walk(tree)) {
            for (Path file : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void returns(Path image, List<String> acks) throws IOException {
        try (Group group = new Group(image, CONFIG)) {
            for (String node : NODES) {
                Finding finding =
                        ReplicaStorage.of(image.resolve(node), group.group).examine();
                assertThat(finding)
                        .as("%s of %s", node, image)
                        .isInstanceOfAny(Finding.Sound.class, Finding.Repaired.class);
                group.member(node);
            }
            for (String node : NODES) {
                group.members.get(node).open(0, new Opening.Reopen());
            }
            Group.Member leader = group.leader();
            Group.append(leader, "after"); // so all before it is applied
            assertThat(new HashSet<>(leader.state.entries())).as("%s", image).containsAll(acks);
            group.everybodyHasTheSame();
        }
    }
}
