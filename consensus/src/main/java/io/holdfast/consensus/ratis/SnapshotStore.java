package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.StorageLostException;
import io.holdfast.consensus.storage.Durably;
import io.holdfast.core.GroupId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots of one replica, in the directory that Ratis replaces as a whole when one arrives from the leader. */
final class SnapshotStore implements StateMachineStorage {
    private static final Logger log = LoggerFactory.getLogger(SnapshotStore.class);

    private final GroupId group;
    private final int kept;
    private volatile @Nullable RaftStorage storage;
    private volatile @Nullable SnapshotInfo latest;

    SnapshotStore(GroupId group, int kept) {
        this.group = group;
        this.kept = kept;
    }

    @Override
    public void init(RaftStorage raftStorage) throws IOException {
        storage = raftStorage;
        Files.createDirectories(directory());
    }

    Path directory() {
        return storage().getStorageDir().getStateMachineDir().toPath();
    }

    Path temporary() {
        return storage().getStorageDir().getTmpDir().toPath().resolve("state.new");
    }

    private RaftStorage storage() {
        return Objects.requireNonNull(storage);
    }

    /** Asked for with each append: one field. */
    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return latest;
    }

    void publish(SnapshotFile file) {
        // no digest: Ratis computes its own while it sends
        latest = new SingleFileSnapshotInfo(
                new FileInfo(file.path(), null), TermIndex.valueOf(file.term(), file.index()));
    }

    @Override
    public void format() {
        // Ratis clears the whole storage itself
    }

    /**
     * The newest snapshot that is whole. A damaged one is set aside; an older one then serves, if the log goes on from it.
     *
     * @throws StorageLostException if snapshots are damaged and what is left does not reach the log
     */
    Optional<SnapshotFile> newest() throws IOException {
        IOException damage = null;
        Optional<SnapshotFile> whole = Optional.empty();
        for (Path path : files()) {
            try {
                whole = Optional.of(SnapshotFile.verify(path, group));
                break;
            } catch (IOException e) {
                log.error("{}; it is set aside", e.getMessage());
                Files.move(
                        path,
                        path.resolveSibling(path.getFileName() + ".damaged"),
                        StandardCopyOption.REPLACE_EXISTING);
                damage = e;
            }
        }
        checkReach(damage, whole.map(SnapshotFile::index).orElse(-1L));
        return whole;
    }

    private void checkReach(@Nullable IOException damage, long index) throws IOException {
        if (damage == null) {
            return;
        }
        long start = logStart();
        if (start > index + 1) {
            throw new StorageLostException(
                    "group " + group + " has no snapshot that the log (from entry " + start + ") continues: "
                            + damage.getMessage() + "; the replica must join as a new peer",
                    damage);
        }
    }

    /** The first entry of the oldest log file; names are {@code log_<first>-<last>} and {@code log_inprogress_<first>}. */
    private long logStart() throws IOException {
        long start = Long.MAX_VALUE;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                storage().getStorageDir().getCurrentDir().toPath(), "log_*")) {
            for (Path file : files) {
                String name = file.getFileName()
                        .toString()
                        .replace("log_inprogress_", "")
                        .replace("log_", "");
                int dash = name.indexOf('-');
                start = Math.min(start, Long.parseLong(dash < 0 ? name : name.substring(0, dash)));
            }
        }
        return start == Long.MAX_VALUE ? 0 : start;
    }

    private List<Path> files() throws IOException {
        Files.createDirectories(directory());
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory())) {
            for (Path file : files) {
                if (SnapshotFile.isNamedSo(file)) {
                    found.add(file);
                }
            }
        }
        found.sort(Comparator.comparing((Path file) -> file.getFileName().toString())
                .reversed());
        return found;
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        List<Path> all = files();
        for (Path old : all.subList(Math.min(kept, all.size()), all.size())) {
            Files.delete(old);
        }
    }

    /** Makes what arrived from the leader durable; Ratis does not. */
    void syncArrivals() throws IOException {
        Path arrivals = storage().getStorageDir().getTmpDir().toPath();
        if (Files.isDirectory(arrivals)) {
            try (Stream<Path> files = Files.walk(arrivals)) {
                for (Path file : files.filter(file -> Files.isRegularFile(file) && !arrivals.equals(file.getParent()))
                        .toList()) {
                    Durably.sync(file, StandardOpenOption.WRITE);
                }
            }
        }
    }

    void syncDirectories() throws IOException {
        Durably.syncDirectory(directory());
        Durably.syncDirectory(storage().getStorageDir().getRoot().toPath());
    }
}
