package io.holdfast.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.raft.StorageLostException;
import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageDirectory;
import org.apache.ratis.server.storage.RaftStorageMetadataFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which snapshot a replica begins with, and when it must not begin. */
class SnapshotStoreTest {
    private static final GroupId GROUP = GroupId.of("g");

    @TempDir
    Path root;

    private final SnapshotStore store = new SnapshotStore(GROUP, 2);

    @BeforeEach
    void make() throws IOException {
        Files.createDirectories(root.resolve("current"));
        store.init(storage());
    }

    private RaftStorage storage() {
        RaftStorageDirectory directory = new RaftStorageDirectory() {
            @Override
            public File getRoot() {
                return root.toFile();
            }

            @Override
            public boolean isHealthy() {
                return true;
            }
        };
        return new RaftStorage() {
            @Override
            public void initialize() {}

            @Override
            public RaftStorageDirectory getStorageDir() {
                return directory;
            }

            @Override
            public RaftStorageMetadataFile getMetadataFile() {
                throw new UnsupportedOperationException();
            }

            @Override
            public CorruptionPolicy getLogCorruptionPolicy() {
                return CorruptionPolicy.EXCEPTION;
            }

            @Override
            public void close() {}
        };
    }

    private static ReplicatedLog.Capture state() {
        return new ReplicatedLog.Capture() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(new byte[100]);
            }

            @Override
            public void close() {}
        };
    }

    private SnapshotFile snapshot(long index) throws IOException {
        SnapshotFile.Place place = new SnapshotFile.Place(store.temporary("t"), store.directory(), GROUP);
        return SnapshotFile.write(place, 3, index, state(), Pace.alone(), () -> true);
    }

    private void log(String... names) throws IOException {
        for (String name : names) {
            Files.createFile(root.resolve("current").resolve(name));
        }
    }

    private static Path damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 40] ^= 1;
        return Files.write(file, bytes);
    }

    /** As a newer build writes it: the header is whole. */
    static void makeNewer(Path file, GroupId group) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = 8 + 2 + 2 + group.value().length() + 16;
        bytes[9] = 2;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        ByteBuffer.wrap(bytes).putInt(end, (int) crc.getValue());
        Files.write(file, bytes);
    }

    @Test
    void aLogThatGoesOnFromASnapshotThatIsMissingIsLost() throws IOException {
        log("log_5-9", "log_inprogress_10");
        assertThatThrownBy(store::newest)
                .isInstanceOf(StorageLostException.class)
                .hasMessageContaining("from entry 5")
                .hasMessageContaining("it is missing");
        snapshot(3);
        assertThatThrownBy(store::newest).isInstanceOf(StorageLostException.class);
        SnapshotFile whole = snapshot(4);
        assertThat(store.newest()).contains(whole);
    }

    @Test
    void aLogFromItsBeginningNeedsNone() throws IOException {
        assertThat(store.newest()).isEmpty();
        log("log_0-9", "log_inprogress_10");
        assertThat(store.newest()).isEmpty();
        damage(snapshot(5).path());
        assertThat(store.newest()).isEmpty();
    }

    /** The process may end after the rename and before anybody has written down that the replica is lost. */
    @Test
    void aDamagedSnapshotThatWasAllThereWasIsMissedInEachLifeThatFollows() throws IOException {
        damage(snapshot(5).path());
        for (int life = 0; life < 3; life++) {
            store.init(storage());
            assertThatThrownBy(store::newest)
                    .isInstanceOf(StorageLostException.class)
                    .hasMessageContaining("without an entry");
        }
    }

    @Test
    void theSnapshotThatRatisWasAboutToReplaceIsPutBackAfterACrash() throws IOException {
        log("log_inprogress_6");
        snapshot(5);
        Path replaced = root.resolve("sm.tmp20261130-120000.000");
        Files.move(store.directory(), replaced);
        assertThat(SnapshotStore.candidates(store.directory())).hasSize(1); // as the salvage sees it
        store.init(storage());
        assertThat(store.newest().orElseThrow().path().getParent()).isEqualTo(store.directory());
        assertThat(replaced).doesNotExist();
        assertThat(store.newest().map(SnapshotFile::index)).contains(5L);
    }

    @Test
    void whatRatisHasReplacedIsKeptUntilTheNewSnapshotIsSeenToBeWhole() throws IOException {
        log("log_inprogress_6");
        snapshot(5);
        Files.move(store.directory(), root.resolve("sm.tmp1"));
        Path arrived = damage(snapshot(8).path());
        assertThat(store.newest().map(SnapshotFile::index)).contains(5L);
        assertThat(arrived).doesNotExist();
    }

    /** Too many open files, no permission: the bytes are as they were. */
    @Test
    void aSnapshotThatCannotBeReadNowIsNotSetAside() throws IOException {
        log("log_inprogress_6");
        Path file = snapshot(5).path();
        Files.delete(file);
        Files.createDirectory(file); // reading it fails, as any other error of the system would
        assertThatThrownBy(store::newest).isExactlyInstanceOf(IOException.class);
        assertThat(file).exists();
    }

    /** Nothing of it is set aside: it may be read again tomorrow. */
    @Test
    void anOlderSnapshotServesForOneThatCannotBeReadNowIfTheLogGoesOnFromIt() throws IOException {
        log("log_inprogress_6");
        SnapshotFile older = snapshot(5);
        Path replaced = Files.createDirectory(root.resolve("sm.tmp1"));
        Path file = Files.createDirectory(replaced.resolve("state-0000000000000007"));
        assertThat(store.newest()).contains(older);
        assertThat(file).exists();
        Files.delete(root.resolve("current/log_inprogress_6"));
        assertThatThrownBy(store::newest).as("without a log").isExactlyInstanceOf(IOException.class);
        log("log_inprogress_8");
        assertThatThrownBy(store::newest).as("with a later log").isExactlyInstanceOf(IOException.class);
        assertThat(file).exists();
    }

    @Test
    void aSnapshotOfANewerBuildIsLeftForIt() throws IOException {
        log("log_inprogress_6");
        snapshot(4);
        Path file = snapshot(5).path();
        makeNewer(file, GROUP);
        assertThatThrownBy(store::newest)
                .isInstanceOf(NeedsUpgradeException.class)
                .hasMessageStartingWith("NEEDS_UPGRADE")
                .hasMessageContaining("version 2");
        assertThat(file).exists();
        byte[] bytes = Files.readAllBytes(file);
        bytes[9] = 3; // rot, for the header's checksum says 2
        Files.write(file, bytes);
        assertThatThrownBy(store::newest).isInstanceOf(StorageLostException.class);
    }

    @Test
    void ofDamagedSnapshotsOneStays() throws IOException {
        log("log_inprogress_0");
        for (long index = 1; index <= 4; index++) {
            damage(snapshot(index).path());
            store.newest();
        }
        assertThat(store.directory()).isDirectoryContaining("glob:**damaged");
        assertThat(aside()).containsExactly("state-0000000000000004.damaged");
    }

    /** Somebody may still want what is in the most advanced one. */
    @Test
    void ofDamagedSnapshotsThatAreFoundTogetherNoneIsDeleted() throws IOException {
        log("log_inprogress_0");
        damage(snapshot(90).path());
        store.newest();
        damage(snapshot(100).path());
        damage(snapshot(200).path());
        store.newest();
        assertThat(aside())
                .containsExactlyInAnyOrder("state-0000000000000064.damaged", "state-00000000000000c8.damaged");
        damage(snapshot(150).path());
        store.newest();
        assertThat(aside())
                .as("less advanced than one of before")
                .containsExactlyInAnyOrder("state-0000000000000096.damaged", "state-00000000000000c8.damaged");
    }

    private List<String> aside() throws IOException {
        try (Stream<Path> files = Files.list(store.directory())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void aNewLifeDeletesWhatBrokeOff() throws IOException {
        Path tmp = Files.createDirectories(root.resolve("tmp"));
        Files.createFile(Files.createDirectories(tmp.resolve("snapshot-1-1")).resolve("state-0000000000000005"));
        Files.createFile(tmp.resolve("state.new"));
        Files.createFile(tmp.resolve("state.new-7"));
        store.init(storage());
        assertThat(tmp).isEmptyDirectory();
    }

    @Test
    void aSnapshotThatIsNotWantedAnyMoreIsNotPutInItsPlace() throws IOException {
        SnapshotFile.Place place = new SnapshotFile.Place(store.temporary("t"), store.directory(), GROUP);
        assertThatThrownBy(() -> SnapshotFile.write(place, 3, 5, state(), Pace.alone(), () -> false))
                .hasMessageContaining("not wanted any more");
        assertThat(store.newest()).isEqualTo(Optional.empty());
        assertThat(place.temporary()).doesNotExist();
    }
}
