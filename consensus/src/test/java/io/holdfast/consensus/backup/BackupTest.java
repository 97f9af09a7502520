package io.holdfast.consensus.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.group.ReplicaIdentity;
import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.primitive.CounterType;
import io.holdfast.consensus.primitive.MapChange;
import io.holdfast.consensus.primitive.MapCondition;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Census;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.DurableCells;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    private static final GroupId GROUP = GroupId.of("default");
    private static Path shared;
    private static byte[] whole;

    @TempDir
    Path directory;

    /** A state of some blocks. */
    private static PrimitiveMachine filled(int entries) {
        PrimitiveMachine machine = new PrimitiveMachine(Consensus.types(), StateLimits.standard());
        long index = 0;
        machine.apply(++index, 5, new Command.Open(Command.MAX_TTL_NANOS, "n").encode());
        Random random = new Random(7);
        for (int i = 0; i < entries; i++) {
            byte[] value = new byte[200];
            random.nextBytes(value);
            byte[] put = MapType.write(
                    MapCondition.ALWAYS, MapChange.put(("key-" + i).getBytes(StandardCharsets.UTF_8), value));
            byte[] answer =
                    machine.apply(++index, 5 + i, new Command.Operate(1, i + 1, i, MapType.ID, "titles", put).encode());
            assertThat(Answer.decode(answer).status()).isEqualTo(Answer.Status.OK);
        }
        byte[] add = CounterType.add(3, 0, 10);
        machine.apply(++index, 5, new Command.Operate(1, entries + 1, entries, CounterType.ID, "views", add).encode());
        return machine;
    }

    private static BatchApplier applier(PrimitiveMachine machine) {
        BatchApplier applier = new BatchApplier(machine);
        applier.continueFrom(machine.census().revision());
        return applier;
    }

    private static BackupManifest manifest(Census contents, PrimitiveMachine machine) {
        return BackupManifest.of(
                new BackupManifest.Place("c1", GROUP, NodeId.of("n1")),
                BackupManifest.Origin.ONLINE,
                Instant.parse("2026-11-22T10:00:00Z"),
                new BackupManifest.Position(3, 99),
                contents,
                machine);
    }

    private static Backup write(Path file, PrimitiveMachine machine) throws IOException {
        BatchApplier.Held<Census> held = applier(machine).hold(machine::census);
        try (ReplicatedLog.Capture state = held.state()) {
            return BackupWriter.write(file, manifest(held.answer(), machine), state, Pace.alone());
        }
    }

    @BeforeContainer
    static void oneForAll() throws IOException {
        shared = Files.createTempDirectory("backup-test-");
        Path file = shared.resolve("whole");
        write(file, filled(700));
        whole = Files.readAllBytes(file);
        assertThat(Backup.verify(file).blocks()).isGreaterThan(2);
    }

    @AfterContainer
    static void clean() throws IOException {
        try (var files = Files.list(shared)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(shared);
    }

    private static void refused(byte[] bytes) throws IOException {
        Path file = shared.resolve("damaged");
        Files.write(file, bytes);
        assertThatThrownBy(() -> Backup.verify(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Property(tries = 1500)
    void oneBitThatFlippedAnywhereIsRefused(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = whole.clone();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        refused(bytes);
    }

    /** Header, the heads of blocks, footer and hash are few bytes: all of them. */
    @Test
    void oneBitThatFlippedInTheFrameIsRefusedWhicheverItIs() throws IOException {
        oneForAll();
        try {
            for (int at : frame()) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] bytes = whole.clone();
                    bytes[at] ^= (byte) (1 << bit);
                    refused(bytes);
                }
            }
        } finally {
            clean();
        }
    }

    private static int[] frame() {
        int header = Backup.header(manifestOfWhole()).length;
        int end = whole.length;
        return java.util.stream.IntStream.range(0, end)
                .filter(at -> at < header + 40 || at >= end - 64 || (at - header) % (64 * 1024 + 8) < 10)
                .toArray();
    }

    private static BackupManifest manifestOfWhole() {
        PrimitiveMachine machine = filled(700);
        return manifest(machine.census(), machine);
    }

    @Property(tries = 300)
    void whatWasCutOffAnywhereIsRefused(@ForAll long seed) throws IOException {
        refused(java.util.Arrays.copyOf(whole, new Random(seed).nextInt(whole.length)));
    }

    @Property(tries = 20)
    void bytesBehindTheEndAreRefused(@ForAll @IntRange(min = 1, max = 100) int more) throws IOException {
        refused(java.util.Arrays.copyOf(whole, whole.length + more));
    }

    @Test
    void theMessageNamesBlockAndPlace() throws IOException {
        Path file = directory.resolve("b");
        Backup backup = write(file, filled(700));
        byte[] bytes = Files.readAllBytes(file);
        int header = Backup.header(backup.manifest()).length;
        int second = header + 8 + 64 * 1024;
        bytes[second + 100] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Backup.verify(file)).hasMessageContaining("damaged block 1 at byte " + second);
    }

    @Test
    void whatIsWrittenIsWhatWasThereAndSaysSo() throws IOException {
        PrimitiveMachine machine = filled(50);
        Backup written = write(directory.resolve("b"), machine);
        Backup read = Backup.verify(directory.resolve("b"));
        assertThat(read).isEqualTo(written);
        assertThat(read.size()).isEqualTo(Files.size(read.file()));
        assertThat(read.manifest().contents()).isEqualTo(machine.census());
        assertThat(read.toString()).contains("primitive.1=map 1 50", "cluster=c1", "revision=52", "sessions=1");
    }

    /** The log waits for the disk behind whatever part of the file is synced. */
    @Test
    void besideALogItIsWrittenInSmallParts() throws IOException {
        PrimitiveMachine machine = filled(5000);
        Path temporary = directory.resolve("b.unfinished");
        List<Long> sizes = new ArrayList<>();
        BatchApplier.Held<Census> held = applier(machine).hold(machine::census);
        try (ReplicatedLog.Capture state = held.state()) {
            Pace pace = Pace.besideALog(() -> {
                sizes.add(temporary.toFile().length());
                return 0;
            });
            BackupWriter.write(directory.resolve("b"), manifest(held.answer(), machine), state, pace);
        }
        sizes.add(Files.size(directory.resolve("b")));
        assertThat(sizes).last().asInstanceOf(InstanceOfAssertFactories.LONG).isGreaterThan(1_000_000);
        for (int i = 1; i < sizes.size(); i++) {
            assertThat(sizes.get(i) - sizes.get(i - 1))
                    .as("part %d", i)
                    .isLessThanOrEqualTo(256 * 1024 + Backup.BUFFER);
        }
        assertThat(Backup.verify(directory.resolve("b")).manifest().contents()).isEqualTo(held.answer());
    }

    @Test
    void theManifestIsTextOfAFixedForm() {
        SortedMap<Integer, Census.Count> counts = new TreeMap<>(Map.of(1, new Census.Count(2, 3)));
        BackupManifest manifest = new BackupManifest(
                new BackupManifest.Place("c1", GROUP, NodeId.of("n1")),
                BackupManifest.Origin.SALVAGED,
                Instant.parse("2026-11-22T10:00:00Z"),
                new BackupManifest.Position(3, 99),
                "0.1",
                new Census(7, 8, 1, 4, 5, -1, 6, counts),
                Map.of(1, "map"));
        assertThat(new String(manifest.encode(), StandardCharsets.UTF_8)).isEqualTo("""
                cluster=c1
                group=default
                node=n1
                origin=SALVAGED
                taken-at=2026-11-22T10:00:00Z
                term=3
                entry=99
                build=0.1
                revision=7
                log-nanos=8
                feature-level=1
                sessions=6
                rows=4
                bytes=5
                hash=ffffffffffffffff
                primitive.1=map 2 3
                """);
        assertThat(BackupManifest.decode(manifest.encode())).isEqualTo(manifest);
    }

    @Test
    void whatChangesWhileItIsWrittenIsNotInIt() throws IOException {
        PrimitiveMachine machine = filled(500);
        Census before = machine.census();
        BatchApplier.Held<Census> held = applier(machine).hold(machine::census);
        byte[] put = MapType.write(
                MapCondition.ALWAYS, MapChange.put("key-7".getBytes(StandardCharsets.UTF_8), new byte[9]));
        machine.apply(1000, 900, new Command.Operate(1, 1000, 501, MapType.ID, "titles", put).encode());
        assertThat(machine.census()).isNotEqualTo(before);
        try (ReplicatedLog.Capture state = held.state()) {
            BackupWriter.write(directory.resolve("b"), manifest(held.answer(), machine), state, Pace.alone());
        }
        assertThat(Backup.verify(directory.resolve("b")).manifest().contents()).isEqualTo(before);
    }

    @Test
    void anotherFileIsNeverOverwrittenAndAFailedOneLeavesNothing() throws IOException {
        PrimitiveMachine machine = filled(5);
        Path file = Files.writeString(directory.resolve("b"), "mine");
        assertThatThrownBy(() -> write(file, machine)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("mine");
        ReplicatedLog.Capture full = new ReplicatedLog.Capture() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(new byte[100_000]);
                throw new IOException("No space left on device");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> BackupWriter.write(
                        directory.resolve("c"), manifest(machine.census(), machine), full, Pace.alone()))
                .hasMessageContaining("No space left");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file));
    }

    @Test
    void aRestoredStateIsThatOfTheBackupWithLaterNumbers() throws IOException {
        PrimitiveMachine machine = filled(50);
        Backup backup = write(directory.resolve("b"), machine);
        DurableCells cells = DurableCells.inMemory();
        PrimitiveMachine restored = new PrimitiveMachine(Consensus.types(), StateLimits.standard());
        Restoration.of(backup.file(), GROUP, cells).orElseThrow().load(restored);
        Census after = restored.census();
        assertThat(after.types()).isEqualTo(machine.census().types());
        assertThat(after.revision()).isEqualTo(52 + Restoration.JUMP);
        assertThat(after.logNanos()).isEqualTo(machine.census().logNanos());
        assertThat(after.sessions()).isZero();
    }

    /** What is on the disk comes from the first; the replica would go on with it and say that it is the second. */
    @Test
    void aRestorationThatWasBrokenOffIsGoneOnWithTheSameBackupOnly() throws IOException {
        Path file = write(directory.resolve("b"), filled(50)).file();
        Path other = write(directory.resolve("c"), filled(20)).file();
        DurableCells cells = DurableCells.inMemory();
        assertThat(Restoration.of(other, GROUP, cells))
                .as("nothing is written yet")
                .isPresent();
        assertThat(Restoration.of(file, GROUP, cells)).isPresent();
        cells.write(ReplicaIdentity.cell(GROUP), restoring());
        assertThat(Restoration.of(file, GROUP, cells)).isPresent();
        assertThatThrownBy(() -> Restoration.of(other, GROUP, cells))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("unfinished replica")
                .hasMessageContaining(file.toString())
                .hasMessageContaining("empty data directory");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> Restoration.of(file, GROUP, cells))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("SHA-256");
    }

    private static byte[] restoring() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        out.writeUTF(GROUP.value());
        out.writeUTF("c1");
        out.writeUTF("n1#0");
        out.writeByte(ReplicaIdentity.Stage.RESTORING.ordinal());
        out.writeByte(0);
        return bytes.toByteArray();
    }

    @Test
    void aBackupOfAnotherGroupOrADamagedOneIsNotRestored() throws IOException {
        Backup backup = write(directory.resolve("b"), filled(5));
        assertThatThrownBy(() -> Restoration.of(backup.file(), GroupId.of("other"), DurableCells.inMemory()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("is of group default, not of other");
        byte[] bytes = Files.readAllBytes(backup.file());
        bytes[bytes.length / 2] ^= 1;
        Files.write(backup.file(), bytes);
        assertThatThrownBy(() -> Restoration.of(backup.file(), GROUP, DurableCells.inMemory()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("damaged");
    }
}
