package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.StorageLostException;
import io.holdfast.consensus.storage.DamagedException;
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
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");
    private static final String DAMAGED = ".damaged";
    private static final String UNFINISHED = "state.new";

    /** Ratis' names: where a snapshot arrives, and what the directory is called from the moment that the new one is to take its place until it is deleted. */
    private static final String ARRIVAL = "snapshot-";

    private static final String REPLACED = ".tmp*";
    private static final Comparator<Path> NEWEST_FIRST =
            Comparator.comparing((Path file) -> file.getFileName().toString()).reversed();

    private final GroupId group;
    private final int kept;
    private volatile @Nullable RaftStorage storage;
    private volatile @Nullable SnapshotInfo latest;

    SnapshotStore(GroupId group, int kept) {
        this.group = group;
        this.kept = kept;
    }

    /** What a transfer that broke off, or a writer that was killed, left behind is of no use: each attempt has a name of its own. */
    @Override
    public void init(RaftStorage raftStorage) throws IOException {
        storage = raftStorage;
        Files.createDirectories(directory());
        deleteArrivals("");
        for (Path unfinished : list(temporaryDirectory(), UNFINISHED + "*")) {
            Files.deleteIfExists(unfinished);
        }
    }

    /**
     * Deletes what Ratis has written of snapshots that were to be installed.
     *
     * @param but the id of the attempt that goes on
     */
    void deleteArrivals(String but) throws IOException {
        for (Path arrival : list(temporaryDirectory(), ARRIVAL + "*")) {
            if (!arrival.getFileName().toString().equals(ARRIVAL + but)) {
                delete(arrival);
            }
        }
    }

    Path directory() {
        return storage().getStorageDir().getStateMachineDir().toPath();
    }

    private Path temporaryDirectory() {
        return storage().getStorageDir().getTmpDir().toPath();
    }

    /** A place of its own for each life: the writer of the life before may not have ended yet. */
    Path temporary(String life) {
        return temporaryDirectory().resolve(UNFINISHED + "-" + life);
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
     * @throws StorageLostException if what is left does not reach the log
     * @throws io.holdfast.consensus.state.NeedsUpgradeException if a newer build wrote it
     * @throws IOException if one cannot be read now, which says nothing of its bytes
     */
    Optional<SnapshotFile> newest() throws IOException {
        DamagedException damage = null;
        Optional<SnapshotFile> whole = Optional.empty();
        for (Path path : candidates(directory())) {
            try {
                whole = Optional.of(SnapshotFile.verify(path, group));
                break;
            } catch (DamagedException e) {
                log.error("{}; it is set aside", e.getMessage());
                setAside(path);
                damage = e;
            }
        }
        checkReach(damage, whole.map(SnapshotFile::index).orElse(-1L));
        if (whole.isPresent()) {
            whole = Optional.of(inItsPlace(whole.get()));
        }
        for (Path replaced : replaced(directory())) {
            delete(replaced);
        }
        return whole;
    }

    /** One to look at, no more. */
    private void setAside(Path path) throws IOException {
        for (Path old : list(directory(), "*" + DAMAGED)) {
            Files.deleteIfExists(old);
        }
        Files.move(
                path,
                directory().resolve(path.getFileName() + DAMAGED),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Durably.syncDirectory(directory());
    }

    /** When a crash came while Ratis replaced the directory, the last one is still in the old. */
    private SnapshotFile inItsPlace(SnapshotFile file) throws IOException {
        Path place = directory().resolve(file.path().getFileName());
        if (place.equals(file.path())) {
            return file;
        }
        Files.move(file.path(), place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Durably.syncDirectory(directory());
        return new SnapshotFile(place, file.term(), file.index());
    }

    /** A log that begins behind the start goes on from a snapshot, and one without an entry from the last that was there, if any. */
    private void checkReach(@Nullable DamagedException damage, long index) throws IOException {
        OptionalLong start = logStart();
        if (start.isPresent() ? start.getAsLong() > index + 1 : newestDamaged() > index) {
            throw new StorageLostException(
                    "group " + group + " has no snapshot that the log ("
                            + (start.isPresent() ? "from entry " + start.getAsLong() : "without an entry")
                            + ") continues: " + (damage == null ? "it is missing" : damage.getMessage())
                            + "; the replica must join as a new peer",
                    damage);
        }
    }

    private long newestDamaged() throws IOException {
        long newest = -1;
        for (Path file : list(directory(), "*" + DAMAGED)) {
            String name = file.getFileName().toString();
            newest = Math.max(newest, SnapshotFile.indexOf(name.substring(0, name.length() - DAMAGED.length())));
        }
        return newest;
    }

    /** The first entry of the oldest log file; names are {@code log_<first>-<last>} and {@code log_inprogress_<first>}. */
    private OptionalLong logStart() throws IOException {
        long start = Long.MAX_VALUE;
        Path segments = storage().getStorageDir().getCurrentDir().toPath();
        for (Path file : list(segments, "log_*")) {
            Matcher match = SEGMENT.matcher(file.getFileName().toString());
            if (match.matches()) {
                start = Math.min(start, Long.parseLong(match.group(1)));
            }
        }
        return start == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(start);
    }

    /**
     * The snapshots of a replica by their names, the newest first: those in the directory, and those in one that Ratis was about to replace when a crash came.
     *
     * @param machine the directory
     */
    static List<Path> candidates(Path machine) throws IOException {
        List<Path> found = new ArrayList<>(snapshots(machine));
        for (Path old : replaced(machine)) {
            found.addAll(snapshots(old));
        }
        found.sort(NEWEST_FIRST);
        return found;
    }

    private static List<Path> replaced(Path machine) throws IOException {
        return list(machine.resolveSibling("."), machine.getFileName() + REPLACED);
    }

    private static List<Path> snapshots(Path directory) throws IOException {
        return list(directory, "*").stream()
                .filter(SnapshotFile::isNamedSo)
                .sorted(NEWEST_FIRST)
                .toList();
    }

    private static List<Path> list(Path directory, String glob) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
            files.forEach(found::add);
        }
        return found;
    }

    private static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(tree)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        List<Path> all = snapshots(directory());
        for (Path old : all.subList(Math.min(kept, all.size()), all.size())) {
            Files.deleteIfExists(old);
        }
    }

    /** Makes what arrived from the leader durable; Ratis does not. */
    void syncArrivals() throws IOException {
        Path arrivals = temporaryDirectory();
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
