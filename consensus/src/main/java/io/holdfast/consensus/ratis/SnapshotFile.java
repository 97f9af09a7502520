package io.holdfast.consensus.ratis;

import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.consensus.storage.BlockInput;
import io.holdfast.consensus.storage.BlockOutput;
import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.consensus.storage.Durably;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.consensus.storage.PacedFile;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/**
 * A snapshot in a file. Numbers are big endian.
 *
 * <pre>
 * header: magic u64, version u16, group (length u16, UTF-8), term i64, index i64, CRC32C u32 of all before
 * then the blocks of {@link BlockOutput}
 * </pre>
 *
 * All versions begin with this header, so a flipped bit is not taken for a newer version.
 *
 * @param path the file
 * @param term of the last entry that it holds
 * @param index of that entry
 */
record SnapshotFile(Path path, long term, long index) {
    private static final long MAGIC = 0x484f4c44534e4150L; // HOLDSNAP
    private static final int VERSION = 1;
    private static final int BUFFER = 64 * 1024;
    private static final String PREFIX = "state-";

    /** Whether a file has the name of a snapshot. */
    static boolean isNamedSo(Path path) {
        return path.getFileName().toString().matches(PREFIX + "[0-9a-f]{16}");
    }

    /** The last entry that a snapshot with this name holds; -1 if it is no such name. */
    static long indexOf(String name) {
        return isNamedSo(Path.of(name)) ? Long.parseLong(name.substring(PREFIX.length()), 16) : -1;
    }

    /**
     * Where a snapshot is written.
     *
     * @param temporary the file until it is whole; used by nobody else
     * @param directory where it is put then
     * @param group whose state it is
     */
    record Place(Path temporary, Path directory, GroupId group) {}

    /**
     * Writes a state so that after a crash the file is whole or not there.
     *
     * @param wanted asked when it is whole; if it is not wanted any more it is not put in its place
     */
    static SnapshotFile write(
            Place place, long term, long index, ReplicatedLog.Capture state, Pace pace, BooleanSupplier wanted)
            throws IOException {
        Path temporary = place.temporary();
        Path directory = place.directory();
        Files.createDirectories(temporary.getParent());
        Files.createDirectories(directory);
        Path path = directory.resolve(PREFIX + String.format("%016x", index));
        try (PacedFile file = new PacedFile(temporary, pace);
                BufferedOutputStream out = new BufferedOutputStream(file, BUFFER)) {
            byte[] header = headerBytes(VERSION, place.group(), term, index);
            out.write(header);
            out.write(ByteBuffer.allocate(4).putInt(crc(header)).array());
            BlockOutput blocks = new BlockOutput(out);
            state.writeTo(blocks);
            blocks.finish();
            out.flush();
            file.sync();
            if (!wanted.getAsBoolean()) {
                throw new IOException("snapshot file " + path + " is not wanted any more: its replica has ended");
            }
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Durably.syncDirectory(directory);
        return new SnapshotFile(path, term, index);
    }

    /**
     * Reads a file whole and checks every block.
     *
     * @throws DamagedException if it is damaged, or of another group
     * @throws NeedsUpgradeException if a newer build wrote it
     * @throws IOException if it cannot be read now
     */
    static SnapshotFile verify(Path path, GroupId group) throws IOException {
        try (DataInputStream in = input(path)) {
            SnapshotFile file = header(in, path, group);
            blocks(in, file, group).transferTo(OutputStream.nullOutputStream());
            return file;
        }
    }

    /** The state; each block is checked before its bytes are given out. */
    InputStream open(GroupId group) throws IOException {
        DataInputStream in = input(path);
        return blocks(in, header(in, path, group), group);
    }

    private static DataInputStream input(Path path) throws IOException {
        return new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER));
    }

    private static SnapshotFile header(DataInputStream in, Path file, GroupId group) throws IOException {
        try {
            if (in.readLong() != MAGIC) {
                throw damaged(file, "is no snapshot");
            }
            int version = in.readUnsignedShort();
            String written = in.readUTF();
            long term = in.readLong();
            long index = in.readLong();
            byte[] header = written.equals(group.value()) ? headerBytes(version, group, term, index) : new byte[0];
            if (in.readInt() != crc(header)) {
                throw damaged(file, "has a damaged header, or is of group " + written);
            }
            if (version > VERSION) {
                throw new NeedsUpgradeException(
                        "snapshot file " + file + " has version " + version + ", this build knows up to " + VERSION);
            }
            return new SnapshotFile(file, term, index);
        } catch (EOFException | UTFDataFormatException e) {
            throw damaged(file, "ends in its header");
        }
    }

    private static BlockInput blocks(InputStream in, SnapshotFile file, GroupId group) throws IOException {
        long offset = headerBytes(VERSION, group, file.term, file.index).length + 4L;
        return new BlockInput(in, "snapshot file " + file.path, offset);
    }

    private static DamagedException damaged(Path path, String how) {
        return new DamagedException("snapshot file " + path + " " + how);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static byte[] headerBytes(int version, GroupId group, long term, long index) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeShort(version);
        out.writeUTF(group.value());
        out.writeLong(term);
        out.writeLong(index);
        return bytes.toByteArray();
    }
}
