package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.config.DataSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real disks that are full to the last byte (F10). Needs the right to mount; where it is missing, {@link WatchdogTest} has the same with injected failures. */
@Tag("slow")
@Timeout(300)
class FullDiskTest {
    @TempDir
    Path directory;

    private final List<Path> mounts = new ArrayList<>();

    private Path disk(String name) throws Exception {
        Path disk = Files.createDirectories(directory.resolve("disk-" + name));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=24m", "holdfast-test", disk.toString()))
                .as("this machine lets the test mount a small file system")
                .isZero();
        mounts.add(disk);
        return disk;
    }

    private static int run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException notThere) {
            return -1;
        }
    }

    @AfterEach
    void unmount() throws Exception {
        for (Path mount : mounts) {
            run("umount", mount.toString());
        }
    }

    private static void fill(Path disk) throws IOException {
        try (FileChannel file =
                FileChannel.open(disk.resolve("ballast"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int size = 1 << 20; size > 0; size /= 2) {
                try {
                    while (file.write(ByteBuffer.allocate(size)) > 0) {
                        // until nothing fits
                    }
                } catch (IOException full) {
                    // a smaller piece may fit
                }
            }
        }
    }

    @Test
    void aFollowerAndALeaderWithAFullDiskComeBackWhenThereIsSpace() throws Exception {
        Path[] disks = {disk("a"), disk("b"), disk("c")};
        try (Nodes nodes = new Nodes(directory, Nodes.CONFIG, Nodes.RAFT)
                .place("a", disks[0].resolve("data"))
                .place("b", disks[1].resolve("data"))
                .place("c", disks[2].resolve("data"))
                .found("a", "b", "c")) {
            List<String> entries = new ArrayList<>(List.of("one"));
            nodes.append("one");
            for (Nodes.Node full : List.of(nodes.follower(), nodes.leader())) {
                Path disk = full.data.getParent();
                fill(disk);
                for (int i = 0; i < 30; i++) {
                    String entry = "bulk-" + full.name + i + "x".repeat(60_000);
                    entries.add(entry);
                    nodes.append(entry);
                }
                Group.until(
                        "it is down and says why",
                        () -> full.status()
                                .flatMap(ReplicaStatus::failure)
                                .or(full.group::refusal)
                                .filter(reason -> reason.contains("No space"))
                                .isPresent());
                System.out.println("full disk of " + full.name + ": "
                        + full.status().flatMap(ReplicaStatus::failure).or(full.group::refusal));
                Files.delete(disk.resolve("ballast"));
                nodes.awaitVoters(3);
                nodes.awaitEverywhere(entries);
                assertThat(full.peer()).contains(new PeerId(full.id, 0));
            }
        }
    }

    /** It cannot even lock its data directory with its process id; and it must not end, as nobody would start it again when there is space. */
    @Test
    void aNodeThatStartsOnAFullDiskSaysWhyAndComesBackWhenThereIsSpace() throws Exception {
        Path disk = disk("a");
        RaftConfig usual = Nodes.RAFT.withMinFreeSpace(DataSize.parse("512MiB"));
        try (Nodes nodes = new Nodes(directory, Nodes.CONFIG, usual)
                .place("a", disk.resolve("data"))
                .found("a", "b", "c")) {
            nodes.append("one");
            Nodes.Node full = nodes.nodes.get("a");
            Group.until("it has it", () -> full.state().entries().contains("one"));
            nodes.kill("a");
            fill(disk);
            nodes.append("two");
            Nodes.Node again = nodes.start("a");
            Group.until("it says why", () -> again.group.refusal().isPresent());
            assertThat(again.group.refusal().orElseThrow()).contains("No space");
            nodes.append("three");
            try (FileChannel file = FileChannel.open(disk.resolve("ballast"), StandardOpenOption.WRITE)) {
                file.truncate(file.size() - (2 << 20)); // of 2.4 MiB that must be; never more meanwhile
            }
            Group.until(
                    "it names the setting",
                    () -> again.group
                            .refusal()
                            .filter(why -> why.contains("min-free-space"))
                            .isPresent());
            assertThat(again.group.refusal().orElseThrow())
                    .contains("which has 24 MiB, and 2 MiB must be", "holdfast.consensus.raft.min-free-space (512MiB)");
            Files.delete(disk.resolve("ballast"));
            nodes.awaitVoters(3);
            nodes.awaitEverywhere(List.of("one", "two", "three"));
            assertThat(again.peer()).contains(new PeerId(again.id, 0));
        }
    }
}
