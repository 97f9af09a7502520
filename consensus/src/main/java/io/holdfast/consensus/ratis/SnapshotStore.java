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

    /** What a look at the snapshots has found. */
    private static final class Found {
        Optional<SnapshotFile> whole = Optional.empty();
        final List<Path> aside = new ArrayList<>();
        long newestUnreadable = -1;

        @Nullable DamagedException damage;

        @Nullable IOException unreadable;

        long index() {
            return whole.map(SnapshotFile::index).orElse(-1L);
        }
    }

    /**
     * The newest snapshot that is whole. A damaged one is set aside, and one that cannot be read now is left as it is; an older one then serves, if the log goes on from it.
     *
     * @throws StorageLostException if what is left does not reach the log
     * @throws io.holdfast.consensus.state.NeedsUpgradeException if a newer build wrote it
     * @throws IOException if one cannot be read now, which says nothing of its bytes, and none that can reaches the log
     */
    Optional<SnapshotFile> newest() throws IOException {
        Found found = look();
        checkReach(found);
        deleteDamagedBefore(found.aside);
        Optional<SnapshotFile> whole = found.whole;
        if (whole.isPresent()) {
            whole = Optional.of(inItsPlace(whole.get()));
        }
        if (found.unreadable == null) { // else it may be in there
            for (Path replaced : replaced(directory())) {
                delete(replaced);
            }
        }
        return whole;
    }

    private Found look() throws IOException {
        Found found = new Found();
        for (Path path : candidates(directory())) {
            try {
                found.whole = Optional.of(SnapshotFile.verify(path, group));
                return found;
            } catch (DamagedException e) {
                log.error("{}; it is set aside", e.getMessage());
                found.aside.add(moveAside(path));
                found.damage = e;
            } catch (IOException e) {
                log.warn("snapshot file {} cannot be read now ({}); an older one is looked for", path, e.toString());
                found.newestUnreadable = Math.max(
                        found.newestUnreadable,
                        SnapshotFile.indexOf(path.getFileName().toString()));
                found.unreadable = e;
            }
        }
        return found;
    }

    /** Keeps one whose state has turned out to be damaged to look at, where nobody begins with it. */
    void setAside(Path path) throws IOException {
        deleteDamagedBefore(List.of(moveAside(path)));
    }

    private Path moveAside(Path path) throws IOException {
        Path place = directory().resolve(path.getFileName() + DAMAGED);
        Files.move(path, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Durably.syncDirectory(directory());
        return place;
    }

    /** Of those of earlier looks only what is more advanced stays, which somebody may still want. */
    private void deleteDamagedBefore(List<Path> aside) throws IOException {
        long newest =
                aside.stream().mapToLong(SnapshotStore::damagedIndex).max().orElse(-1);
        for (Path old : list(directory(), "*" + DAMAGED)) {
            if (damagedIndex(old) < newest && !aside.contains(old)) {
                Files.deleteIfExists(old);
            }
        }
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
    private void checkReach(Found found) throws IOException {
        OptionalLong start = logStart();
        long known = Math.max(newestDamaged(), found.newestUnreadable);
        boolean reaches = start.isPresent() ? start.getAsLong() <= found.index() + 1 : known <= found.index();
        if (reaches) {
            return;
        }
        if (found.unreadable != null) {
            throw found.unreadable; // it may be the one
        }
        throw new StorageLostException(
                "group " + group + " has no snapshot that the log ("
                        + (start.isPresent() ? "from entry " + start.getAsLong() : "without an entry")
                        + ") continues: " + (found.damage == null ? "it is missing" : found.damage.getMessage())
                        + "; the replica must join as a new peer",
                found.damage);
    }

    private long newestDamaged() throws IOException {
        return list(directory(), "*" + DAMAGED).stream()
                .mapToLong(SnapshotStore::damagedIndex)
                .max()
                .orElse(-1);
    }

    private static long damagedIndex(Path file) {
        String name = file.getFileName().toString();
        return SnapshotFile.indexOf(name.substring(0, name.length() - DAMAGED.length()));
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
