package io.holdfast.consensus.storage;

import io.holdfast.core.GroupId;
import io.holdfast.core.env.FileCells;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node keeps its replica of one group: {@code <directory>/<group>}. Used by one thread, while no replica of the group runs. The directory is locked by the {@code FileCells} of the node.
 */
public final class ReplicaStorage {
    private static final Logger log = LoggerFactory.getLogger(ReplicaStorage.class);
    private static final String ASIDE = ".set-aside-";

    /** How many directories that were set aside stay on the disk: one to look at, no more, since each may be large. */
    private static final int KEPT = 1;

    private final Path directory;
    private final GroupId group;

    private ReplicaStorage(Path directory, GroupId group) {
        this.directory = directory;
        this.group = group;
    }

    /**
     * The storage of a group.
     *
     * @param directory the directory that the Raft engine was started with
     * @param group the group
     * @return the storage
     */
    public static ReplicaStorage of(Path directory, GroupId group) {
        return new ReplicaStorage(directory, group);
    }

    private Path home() {
        return directory.resolve(group.value());
    }

    /**
     * Looks whether a replica can run on it, and repairs what may be repaired; storage that was never used is removed.
     *
     * @return what was found
     * @throws IOException if it cannot be read or written
     */
    public Finding examine() throws IOException {
        Path raft = home().resolve("raft");
        if (!Files.isDirectory(raft)) {
            delete(home());
            return new Finding.Unused();
        }
        List<Path> replicas;
        try (Stream<Path> found = Files.list(raft)) {
            replicas = found.filter(Files::isDirectory).toList();
        }
        Path cells = home().resolve("identity");
        Optional<Path> rotten = FileCells.damaged(cells);
        if (rotten.isPresent()) {
            return new Finding.Damaged(rotten.get() + " has a wrong checksum");
        }
        Optional<byte[]> copy = FileCells.peek(cells, VoteCopy.CELL);
        Finding finding = new Finding.Unused();
        for (Path replica : replicas) {
            Finding one = LogDoctor.examine(replica.resolve("current"), copy);
            if (!(one instanceof Finding.Unused)) {
                if (!(finding instanceof Finding.Unused)) {
                    return new Finding.Damaged(raft + " holds more than one replica");
                }
                finding = one;
            }
        }
        if (finding instanceof Finding.Unused) {
            delete(home());
        }
        return finding;
    }

    /**
     * Moves it out of the way, so that a new replica finds an empty place. Of those set aside before only the newest stays.
     *
     * @param reason why, for the log
     * @throws IOException if it cannot be moved
     */
    public void setAside(String reason) throws IOException {
        if (!Files.isDirectory(home())) {
            return;
        }
        List<Path> before = aside();
        int number = before.isEmpty() ? 1 : number(before.get(before.size() - 1)) + 1;
        Path target = directory.resolve(group.value() + ASIDE + number);
        Files.move(home(), target, StandardCopyOption.ATOMIC_MOVE);
        Durably.syncDirectory(directory);
        log.warn("group {}: storage is set aside as {}: {}", group, target, reason);
        for (Path old : before.subList(0, Math.max(0, before.size() - KEPT + 1))) {
            delete(old);
        }
    }

    /**
     * What was set aside and is still there.
     *
     * @return the directories, the oldest first
     * @throws IOException if they cannot be listed
     */
    public List<Path> aside() throws IOException {
        String prefix = group.value() + ASIDE;
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted(Comparator.comparingInt(this::number))
                    .toList();
        }
    }

    private int number(Path file) {
        String text = file.getFileName().toString().substring((group.value() + ASIDE).length());
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(tree)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
