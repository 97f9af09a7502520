package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.env.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.ratis.util.ExitUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that fails is found, said to be down, and brought back by itself; the process goes on. */
@Timeout(300)
@Tag("slow")
class WatchdogTest {
    @TempDir
    Path directory;

    @AfterEach
    void theProcessWasNeverToEnd() {
        assertThat(ExitUtils.isTerminated()).isFalse();
    }

    private static String failure(Nodes.Node node) {
        return node.status().flatMap(ReplicaStatus::failure).orElse("");
    }

    /** F10: Ratis would stay RUNNING with a dead log for ever. */
    @Test
    void aFollowerWhoseDiskIsFullStopsAndComesBackWhenThereIsSpace() {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node full = nodes.follower();
            full.breakDisk();
            nodes.append("two");
            Group.until("it says why", () -> failure(full).contains("No space left"));
            assertThat(full.role()).isEqualTo(RaftRole.STOPPED);
            nodes.append("three");
            Group.until("it tries again", () -> full.opened.get() >= 3);
            full.mendDisk();
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(List.of("one", "two", "three"));
            assertThat(full.peer()).contains(new PeerId(full.id, 0));
        }
    }

    @Test
    void aLeaderWhoseDiskIsFullLosesTheLeadAndNothingThatWasAcknowledged() {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node full = nodes.leader();
            full.breakDisk();
            nodes.append("two");
            Group.until("another leads", () -> nodes.leader() != full);
            Group.until("it says why", () -> failure(full).contains("No space left") || full.opened.get() > 1);
            nodes.append("three");
            full.mendDisk();
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(List.of("one", "two", "three"));
        }
    }

    @Test
    void aReplicaWhoseApplierThrowsAppliesTheEntryAgainInItsNextLife() {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            for (Nodes.Node broken : List.of(nodes.follower(), nodes.leader())) {
                broken.state().breakWith("a bug");
                String entry = "for " + broken.name;
                nodes.append(entry);
                Group.until("it starts anew", () -> broken.opened.get() == 2);
                assertThat(broken.decided("could not be applied")).isTrue();
                Group.until("it has the entry", () -> broken.state().entries().contains(entry));
            }
            nodes.awaitVoters(3);
        }
    }

    @Test
    void aReplicaThatRatisClosedByItselfIsOpenedAgain() {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node broken = nodes.follower();
            Group.until("it has the entry", () -> broken.state().entries().contains("one"));
            broken.state().breakCapture();
            ((Replica) broken.group.replica().orElseThrow()).askForSnapshot();
            Group.until("it starts anew", () -> broken.opened.get() == 2);
            nodes.append("two");
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(List.of("one", "two"));
        }
    }

    @Test
    void aReplicaThatNeedsAnUpgradeStaysClosedAndSaysSo() {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node old = nodes.follower();
            old.state().breakWith("NEEDS_UPGRADE: operation 9 of map is unknown");
            nodes.append("two");
            Group.until("it says why", () -> old.group.refusal().isPresent());
            assertThat(old.group.refusal()).get().asString().startsWith("NEEDS_UPGRADE: operation 9");
            nodes.append("three");
            assertThat(old.opened.get()).isEqualTo(1);
            assertThat(old.role()).isEqualTo(RaftRole.STOPPED);
        }
    }

    /** Else one that comes while a replica is opened could hear last that there is none. */
    @Test
    void whoListensForTheReplicaIsCalledOnTheGroupsThreadOnly() {
        try (Nodes nodes = Nodes.founded(directory, "a")) {
            nodes.append("one");
            List<String> threads = new CopyOnWriteArrayList<>();
            List<Boolean> there = new CopyOnWriteArrayList<>();
            Registration listening = nodes.leader().group.onReplica(replica -> {
                threads.add(Thread.currentThread().getName());
                there.add(replica.isPresent());
            });
            Group.until("it hears of it", () -> there.size() == 1);
            nodes.kill("a");
            assertThat(there).containsExactly(true, false);
            assertThat(threads).allMatch(name -> name.startsWith("holdfast-group-"));
            listening.close();
        }
    }

    /** F8, the whole way: found at the start, set aside, joined anew, voting again. */
    @Test
    void aReplicaWhoseLogHasRottedIsSetAsideAndJoinsAsANewPeer() throws IOException {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            nodes.append("two");
            Nodes.Node rotten = nodes.follower();
            Group.until("it has them", () -> rotten.state().entries().size() >= 2);
            nodes.kill(rotten.name);
            nodes.append("three");
            rot(rotten.data);
            Nodes.Node again = nodes.start(rotten.name);
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(List.of("one", "two", "three"));
            assertThat(again.peer()).isNotEqualTo(Optional.of(new PeerId(again.id, 0)));
            assertThat(again.data.resolve("raft/g.set-aside-1")).isDirectory();
        }
    }

    /** Line 7 of the issue from the start on: the node lives, says why, and goes on when it can. */
    @Test
    void aNodeWhoseStorageCannotBeLookedAtStartsAllTheSameAndComesBackByItself() throws IOException {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node full = nodes.follower();
            nodes.kill(full.name);
            nodes.append("two");
            // where the doctor writes the open segment anew, as on a full disk it cannot
            Path blocked = open(full.data).resolveSibling("segment.new");
            Path ballast = Files.createFile(Files.createDirectory(blocked).resolve("ballast"));
            Nodes.Node again = nodes.start(full.name);
            Group.until("it says why", () -> again.group.refusal().isPresent());
            assertThat(again.group.refusal().orElseThrow()).contains("segment.new");
            nodes.append("three");
            Files.delete(ballast);
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(List.of("one", "two", "three"));
            assertThat(again.peer()).contains(new PeerId(again.id, 0));
        }
    }

    @Test
    void aReplicaWhoseOnlySnapshotHasRottedJoinsAsANewPeer() throws IOException {
        RaftConfig small = Nodes.RAFT.withLog(new DataSize(1 << 20), 0);
        try (Nodes nodes = new Nodes(directory, Nodes.CONFIG, small).found("a", "b", "c")) {
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                entries.add("bulk-" + i + "x".repeat(60_000));
                nodes.append(entries.get(i));
            }
            Nodes.Node rotten = nodes.follower();
            Group.until("it has them", () -> rotten.state().entries().size() >= 24);
            Group.snapshot(rotten.group.replica().orElseThrow());
            nodes.kill(rotten.name);
            rotSnapshotAndPurge(rotten.data);
            Nodes.Node again = nodes.start(rotten.name);
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(entries);
            assertThat(again.peer()).isNotEqualTo(Optional.of(new PeerId(again.id, 0)));
            assertThat(again.data.resolve("raft/g.set-aside-1")).isDirectory();
        }
    }

    private static void rotSnapshotAndPurge(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("state-")) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(file, bytes);
                } else if (name.matches("log_0-\\d+")) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void aReplicaWhoseVoteCopyHasRottedIsSetAsideAndJoinsAsANewPeer() throws IOException {
        try (Nodes nodes = Nodes.founded(directory, "a", "b", "c")) {
            nodes.append("one");
            Nodes.Node rotten = nodes.follower();
            nodes.kill(rotten.name);
            Path cell = rotten.data.resolve("raft/g/identity/vote.cell");
            byte[] bytes = Files.readAllBytes(cell);
            bytes[bytes.length - 1] ^= 1;
            Files.write(cell, bytes);
            Nodes.Node again = nodes.start(rotten.name);
            nodes.awaitVoters(3);
            assertThat(again.peer()).isNotEqualTo(Optional.of(new PeerId(again.id, 0)));
            assertThat(again.decided("vote.cell has a wrong checksum")
                            || Files.isDirectory(again.data.resolve("raft/g.set-aside-1")))
                    .isTrue();
        }
    }

    private static Path open(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A bit of the first entry of the open segment, which whole ones follow. */
    private static void rot(Path data) throws IOException {
        Path segment = open(data);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[14] ^= 4;
        Files.write(segment, bytes);
    }
}
