package io.holdfast.consensus.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.GroupId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDoctorTest {
    private static final int SPACE = 2048;
    private static final int ENTRIES = 5;

    @TempDir
    Path directory;

    private Path current;
    private Path open;
    private byte[] segment = {};
    private Optional<byte[]> copy = Optional.empty();
    private int lastFrame;

    @BeforeEach
    void writeLog() throws IOException {
        current = directory.resolve("g/raft/0-0/current");
        Files.createDirectories(current);
        open = current.resolve("log_inprogress_10");
        Files.write(current.resolve("log_7-9"), segment(7, 3, 0));
        segment = segment(10, ENTRIES, SPACE);
        Files.write(open, segment);
        meta("term=3\nvotedFor=n1\\#0\n");
    }

    private void meta(String text) throws IOException {
        Files.writeString(current.resolve("raft-meta"), text);
    }

    private byte[] segment(long first, int entries, int space) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("RaftLog1".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < entries; i++) {
            lastFrame = bytes.size();
            bytes.writeBytes(frame(2, first + i, 40 + 130 * i));
        }
        bytes.writeBytes(new byte[space]);
        return bytes.toByteArray();
    }

    private static byte[] frame(int term, long index, int payload) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(8);
        body.write(term);
        body.write(16);
        varint(body, index);
        byte[] noise = new byte[payload];
        new SplittableRandom(index).nextBytes(noise);
        body.write(26);
        varint(body, payload);
        body.writeBytes(noise);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        varint(frame, body.size());
        frame.writeBytes(body.toByteArray());
        CRC32C crc = new CRC32C();
        crc.update(frame.toByteArray());
        new DataOutputStream(frame).writeInt((int) crc.getValue());
        return frame.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest >= 0x80) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private Finding examine() throws IOException {
        return LogDoctor.examine(current, copy);
    }

    private int end() {
        return segment.length - SPACE;
    }

    @Test
    void aWholeLogIsSound() throws IOException {
        assertThat(examine()).isEqualTo(new Finding.Sound());
        assertThat(Files.readAllBytes(open)).isEqualTo(segment);
    }

    @Test
    void aTornTailIsCutOffAtWhateverByteItWasTorn() throws IOException {
        for (int cut = lastFrame + 1; cut < end(); cut++) {
            byte[] image = segment.clone();
            Arrays.fill(image, cut, image.length, (byte) 0);
            int had = cut;
            while (image[had - 1] == 0) {
                had--;
            }
            requireRepaired(image, had);
            requireRepaired(Arrays.copyOf(segment, cut), had);
        }
    }

    /** Every image in memory, some as files. */
    private void requireRepaired(byte[] image, int had) throws IOException {
        SegmentScan scan = SegmentScan.of(image, 10, SyncMark.UNKNOWN);
        assertThat(scan.flaw() != null && scan.torn() && scan.end() == lastFrame)
                .as("torn before byte %s, file of %s bytes", had, image.length)
                .isTrue();
        if (had % 97 == 0) {
            Files.write(open, image);
            assertThat(examine()).isEqualTo(new Finding.Repaired(open, lastFrame, had - lastFrame));
            assertThat(Files.readAllBytes(open)).isEqualTo(Arrays.copyOf(segment, lastFrame));
            assertThat(examine()).isEqualTo(new Finding.Sound());
        }
    }

    @Test
    void aFileThatEndsAtAnyByteLosesNoWholeEntry() throws IOException {
        for (int cut = 0; cut <= end(); cut += 7) {
            Files.write(open, Arrays.copyOf(segment, cut));
            assertThat(examine())
                    .as("the file ends at byte %s", cut)
                    .isInstanceOfAny(Finding.Sound.class, Finding.Repaired.class);
            assertThat(Files.size(open)).isLessThanOrEqualTo(cut);
            assertThat(examine()).isEqualTo(new Finding.Sound());
        }
    }

    @Test
    void aSectorThatWasNeverWrittenIsATornTail() throws IOException {
        byte[] image = segment.clone();
        int hole = (lastFrame / 512 + 1) * 512;
        assertThat(hole + 512).isLessThanOrEqualTo(end());
        Arrays.fill(image, hole, hole + 512, (byte) 0);
        Files.write(open, image);
        assertThat(examine()).isInstanceOf(Finding.Repaired.class);
    }

    @Test
    void anyFlippedBitBeforeTheLastEntryIsDamageAndChangesNothing() throws IOException {
        requireDamaged(0, lastFrame);
    }

    @Test
    void anyFlippedBitOfAnEntryThatWasWrittenInFullIsDamageEvenOfTheLast() throws IOException {
        requireDamaged(lastFrame, end() - 4);
    }

    private void requireDamaged(int from, int to) throws IOException {
        for (int at = from; at < to; at++) {
            for (int bit = at % 8; bit < 8; bit += 8) {
                byte[] image = segment.clone();
                image[at] ^= (byte) (1 << bit);
                Files.write(open, image);
                assertThat(examine()).as("bit %s of byte %s flipped", bit, at).isInstanceOf(Finding.Damaged.class);
                assertThat(Files.readAllBytes(open)).isEqualTo(image);
            }
        }
    }

    @Test
    void bytesAfterTheEndAreDamage() throws IOException {
        byte[] image = segment.clone();
        image[end() + 20] = 1;
        Files.write(open, image);
        assertThat(examine()).isInstanceOf(Finding.Damaged.class);
    }

    @Test
    void aClosedSegmentIsNeverRepaired() throws IOException {
        Path closed = current.resolve("log_7-9");
        byte[] whole = Files.readAllBytes(closed);
        for (int cut = 0; cut < whole.length; cut += 5) {
            Files.write(closed, Arrays.copyOf(whole, cut));
            assertThat(examine()).as("cut at %s", cut).isInstanceOf(Finding.Damaged.class);
        }
        Files.delete(closed);
        Files.write(current.resolve("log_7-8"), whole);
        assertThat(examine()).isInstanceOf(Finding.Damaged.class);
    }

    @Test
    void aMissingSegmentInTheMiddleIsDamage() throws IOException {
        Files.move(current.resolve("log_7-9"), current.resolve("log_6-8"));
        assertThat(examine()).isInstanceOf(Finding.Damaged.class);
    }

    @Test
    void aMissingOrBrokenVoteIsDamage() throws IOException {
        for (String text : new String[] {
            "",
            "term=3\n",
            "votedFor=n1\\#0\n",
            "term=x\nvotedFor=\n",
            "term=-1\nvotedFor=\n",
            "term=3\nvotedFor=n1\n",
            "term=1\nvotedFor=n1\\#0\n"
        }) {
            meta(text);
            assertThat(examine()).as("meta '%s'", text).isInstanceOf(Finding.Damaged.class);
        }
        Files.delete(current.resolve("raft-meta"));
        assertThat(examine()).isInstanceOf(Finding.Damaged.class);
    }

    private void synced(long index) throws IOException {
        try (SyncMark mark = SyncMark.open(current)) {
            mark.write(index);
        }
    }

    /** Pages of one write reach the disk in any order. */
    @Test
    void aHoleBehindWhatWasSyncedIsATornTailWhateverFollows() throws IOException {
        segment = segment(10, 40, SPACE);
        for (int sector = 1; sector < end() / 512; sector++) {
            byte[] image = segment.clone();
            Arrays.fill(image, sector * 512, sector * 512 + 512, (byte) 0);
            Files.write(open, image);
            Files.deleteIfExists(current.resolveSibling("synced"));
            boolean last = (sector + 1) * 512 > lastFrame;
            if (!last) {
                assertThat(examine()).as("sector %s, not known", sector).isInstanceOf(Finding.Damaged.class);
            }
            synced(49);
            assertThat(examine()).as("sector %s, synced", sector).isInstanceOf(Finding.Damaged.class);
            synced(9);
            assertThat(examine()).as("sector %s, not synced", sector).isInstanceOf(Finding.Repaired.class);
            assertThat(Files.size(open)).isBetween((long) sector * 512 - 6000, sector * 512L + 512);
            assertThat(examine()).isEqualTo(new Finding.Sound());
        }
    }

    @Test
    void aFlippedBitBehindWhatWasSyncedIsDamage() throws IOException {
        synced(9);
        requireDamaged(8, end() - 4);
    }

    private void copied(long term, String votedFor) {
        copy = Optional.of(new Vote(term, votedFor).bytes());
    }

    private Vote vote() throws IOException {
        return Vote.parse(Files.readAllBytes(current.resolve("raft-meta")));
    }

    @Test
    void aVoteThatItsFileForgotOrChangedIsTakenFromItsCopy() throws IOException {
        copied(3, "n1#0");
        for (String text : new String[] {
            "",
            "term=3\n",
            "term=x\nvotedFor=\n",
            "term=2\nvotedFor=n1\\#0\n",
            "term=3\nvotedFor=\n",
            "term=3\nvotedFor=n2\\#0\n"
        }) {
            meta(text);
            assertThat(examine()).as("meta '%s'", text).isEqualTo(new Finding.Sound());
            assertThat(vote()).as("meta '%s'", text).isEqualTo(new Vote(3, "n1#0"));
        }
        Files.delete(current.resolve("raft-meta"));
        assertThat(examine()).isEqualTo(new Finding.Sound());
        assertThat(vote()).isEqualTo(new Vote(3, "n1#0"));
    }

    @Test
    void aVoteThatWasNotPromisedYetWhenTheCopyWasMadeStands() throws IOException {
        copied(3, "");
        assertThat(examine()).isEqualTo(new Finding.Sound());
        assertThat(vote()).isEqualTo(new Vote(3, "n1#0"));
        copied(2, "n2#0");
        assertThat(examine()).isEqualTo(new Finding.Sound());
        assertThat(vote()).isEqualTo(new Vote(3, "n1#0"));
    }

    /** The rename of the vote's file was lost with the power; the log was synced. */
    @Test
    void aTermThatOnlyTheLogKnowsIsTakenFromItIfNothingWasPromisedInIt() throws IOException {
        copied(1, "n1#0");
        meta("term=1\nvotedFor=n1\\#0\n");
        assertThat(examine()).isEqualTo(new Finding.Sound());
        assertThat(vote()).isEqualTo(new Vote(2, ""));
    }

    /** Every bit of the file flipped, one at a time: what was promised is never forgotten. */
    @Test
    void noFlippedBitOfTheVoteLosesAPromise() throws IOException {
        Vote promised = new Vote(5, "n1#1f");
        copied(5, "n1#1f");
        byte[] whole = promised.bytes();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] image = whole.clone();
            image[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(current.resolve("raft-meta"), image);
            assertThat(examine()).as("bit %s", bit).isEqualTo(new Finding.Sound());
            assertThat(promised.isKeptBy(vote())).as("bit %s", bit).isTrue();
        }
    }

    @Test
    void storageThatWasNeverUsedIsRemoved() throws IOException {
        Files.delete(current.resolve("raft-meta"));
        Files.delete(current.resolve("log_7-9"));
        Files.delete(open);
        ReplicaStorage storage = ReplicaStorage.of(directory, GroupId.of("g"));
        assertThat(storage.examine()).isEqualTo(new Finding.Unused());
        assertThat(directory.resolve("g")).doesNotExist();
    }

    @Test
    void whatIsSetAsideLeavesAnEmptyPlaceAndOnlyTheNewestStays() throws IOException {
        ReplicaStorage storage = ReplicaStorage.of(directory, GroupId.of("g"));
        for (int i = 0; i < 3; i++) {
            Files.createDirectories(current);
            storage.setAside("of a test");
            assertThat(directory.resolve("g")).doesNotExist();
            assertThat(storage.aside()).hasSize(1);
        }
        assertThat(storage.aside()).containsExactly(directory.resolve("g.set-aside-3"));
        assertThat(storage.examine()).isEqualTo(new Finding.Unused());
    }

    /** A crash may come while Ratis replaces the directory of the snapshots: then the only one is in the old. */
    @Test
    void aSnapshotInTheDirectoryThatWasAboutToBeReplacedIsNoUnusedStorage() throws IOException {
        ReplicaStorage storage = ReplicaStorage.of(directory, GroupId.of("g"));
        Files.delete(open);
        Files.delete(current.resolve("log_7-9"));
        Files.delete(current.resolve("raft-meta"));
        Path replaced = Files.createDirectories(current.resolveSibling("sm.tmp20261130-120000.000"));
        Path snapshot = Files.createFile(replaced.resolve("state-0000000000000006"));
        assertThat(storage.examine()).isInstanceOf(Finding.Damaged.class);
        assertThat(snapshot).exists();
        Files.delete(snapshot);
        assertThat(storage.examine()).isEqualTo(new Finding.Unused());
    }
}
