package io.holdfast.consensus.ratis;

import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A snapshot in a file. Numbers are big endian.
 *
 * <pre>
 * header: magic u64, version u16, group (length u16, UTF-8), term i64, index i64, CRC32C u32 of all before
 * block:  length u32 (1 to 65,536), CRC32C u32 of the bytes, bytes
 * footer: 0 u32, number of blocks i64, CRC32C u32 of that number
 * </pre>
 *
 * @param path the file
 * @param term of the last entry that it holds
 * @param index of that entry
 */
record SnapshotFile(Path path, long term, long index) {
    private static final long MAGIC = 0x484f4c44534e4150L; // HOLDSNAP
    private static final int VERSION = 1;
    private static final int BLOCK = 64 * 1024;
    private static final String PREFIX = "state-";

    /** Whether a file has the name of a snapshot. */
    static boolean isNamedSo(Path path) {
        return path.getFileName().toString().matches(PREFIX + "[0-9a-f]{16}");
    }

    /** Writes a state so that after a crash the file is whole or not there. */
    static SnapshotFile write(
            Path temporary, Path directory, GroupId group, long term, long index, ReplicatedLog.Capture state)
            throws IOException {
        Files.createDirectories(temporary.getParent());
        Files.createDirectories(directory);
        try (FileOutputStream file = new FileOutputStream(temporary.toFile());
                Blocks blocks = new Blocks(new BufferedOutputStream(file, BLOCK))) {
            blocks.header(group, term, index);
            state.writeTo(blocks);
            blocks.finish();
            file.getChannel().force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Path path = directory.resolve(PREFIX + String.format("%016x", index));
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(directory);
        return new SnapshotFile(path, term, index);
    }

    /** Reads a file whole and checks every block. */
    static SnapshotFile verify(Path path, GroupId group) throws IOException {
        try (Reader reader = new Reader(path)) {
            SnapshotFile file = reader.header(path, group);
            reader.transferTo(OutputStream.nullOutputStream());
            return file;
        }
    }

    /** The state; each block is checked before its bytes are given out. */
    InputStream open(GroupId group) throws IOException {
        Reader reader = new Reader(path);
        reader.header(path, group);
        return reader;
    }

    /** Makes a rename durable (fsync(2)). Windows has no such call and keeps the order by itself. */
    static void syncDirectory(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            sync(directory, StandardOpenOption.READ);
        }
    }

    static void sync(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static byte[] headerBytes(GroupId group, long term, long index) throws IOException {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(MAGIC);
        out.writeShort(VERSION);
        out.writeUTF(group.value());
        out.writeLong(term);
        out.writeLong(index);
        return bytes.toByteArray();
    }

    private static int footerCrc(long blocks) {
        return crc(java.nio.ByteBuffer.allocate(8).putLong(blocks).array(), 8);
    }

    private static final class Blocks extends OutputStream {
        private final DataOutputStream out;
        private final byte[] block = new byte[BLOCK];
        private int filled;
        private long count;

        Blocks(OutputStream out) {
            this.out = new DataOutputStream(out);
        }

        void header(GroupId group, long term, long index) throws IOException {
            byte[] header = headerBytes(group, term, index);
            out.write(header);
            out.writeInt(crc(header, header.length));
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int from = offset;
            int left = length;
            while (left > 0) {
                int part = Math.min(left, BLOCK - filled);
                System.arraycopy(bytes, from, block, filled, part);
                filled += part;
                from += part;
                left -= part;
                if (filled == BLOCK) {
                    writeBlock();
                }
            }
        }

        private void writeBlock() throws IOException {
            if (filled > 0) {
                out.writeInt(filled);
                out.writeInt(crc(block, filled));
                out.write(block, 0, filled);
                count++;
                filled = 0;
            }
        }

        void finish() throws IOException {
            writeBlock();
            out.writeInt(0);
            out.writeLong(count);
            out.writeInt(footerCrc(count));
            out.flush();
        }

        @Override
        public void close() {
            // the file belongs to who opened it; a half-written block must not follow a failure
        }
    }

    private static final class Reader extends InputStream {
        private final Path path;
        private final DataInputStream in;
        private byte[] block = new byte[0];
        private int length;
        private int position;
        private long count;
        private boolean ended;

        Reader(Path path) throws IOException {
            this.path = path;
            this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BLOCK));
        }

        SnapshotFile header(Path file, GroupId group) throws IOException {
            try {
                long magic = in.readLong();
                int version = in.readUnsignedShort();
                if (magic != MAGIC || version != VERSION) {
                    throw damaged("is no snapshot of version " + VERSION);
                }
                String written = in.readUTF();
                long term = in.readLong();
                long index = in.readLong();
                byte[] header = written.equals(group.value()) ? headerBytes(group, term, index) : new byte[0];
                if (in.readInt() != crc(header, header.length)) {
                    throw damaged("has a damaged header, or is of group " + written);
                }
                return new SnapshotFile(file, term, index);
            } catch (EOFException | java.io.UTFDataFormatException e) {
                throw damaged("ends in its header");
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            if (wanted == 0) {
                return 0;
            }
            if (position == length && !next()) {
                return -1;
            }
            int part = Math.min(wanted, length - position);
            System.arraycopy(block, position, bytes, offset, part);
            position += part;
            return part;
        }

        private boolean next() throws IOException {
            if (ended) {
                return false;
            }
            try {
                return readBlock();
            } catch (EOFException e) {
                throw damaged("ends after " + count + " blocks");
            }
        }

        private boolean readBlock() throws IOException {
            int size = in.readInt();
            if (size == 0) {
                boolean whole = in.readLong() == count && in.readInt() == footerCrc(count);
                if (!whole) {
                    throw damaged("has a damaged footer");
                }
                ended = true;
                return false;
            }
            if (size < 0 || size > BLOCK) {
                throw damaged("has a block of " + size + " bytes");
            }
            int expected = in.readInt();
            if (block.length < size) {
                block = new byte[BLOCK];
            }
            in.readFully(block, 0, size);
            if (crc(block, size) != expected) {
                throw damaged("has a damaged block " + count);
            }
            length = size;
            position = 0;
            count++;
            return true;
        }

        private IOException damaged(String what) {
            return new IOException("snapshot file " + path + " " + what);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
