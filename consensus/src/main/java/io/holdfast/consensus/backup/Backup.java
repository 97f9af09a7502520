package io.holdfast.consensus.backup;

import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.state.Census;
import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.storage.BlockInput;
import io.holdfast.core.CodecException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A backup that was found to be whole. Numbers are big endian.
 *
 * <pre>
 * header: magic u64, version u16, length of the manifest u32, the manifest (lines of UTF-8), CRC32C u32 of all before
 * then the state in the blocks of {@link io.holdfast.consensus.storage.BlockOutput}, as a snapshot has them
 * then the SHA-256 of all before, 32 bytes, and nothing more
 * </pre>
 *
 * @param file where it is
 * @param manifest what it says of itself
 * @param size its length in bytes
 * @param blocks how many blocks of state it has
 * @param sha256 the SHA-256 that it ends with, in hexadecimal
 */
public record Backup(Path file, BackupManifest manifest, long size, long blocks, String sha256) {
    static final long MAGIC = 0x484f4c444241434bL; // HOLDBACK
    static final int VERSION = 1;
    static final int BUFFER = 64 * 1024;
    static final int DIGEST = 32;

    /** Magic, version and the length of the manifest. */
    static final int PREFIX = 14;

    /**
     * Reads a backup whole and compares everything that is in it twice: the checksum of the header and of each block, the hash and the counts of the state with the manifest, the SHA-256 with
     * the whole. Needs little memory, and no node.
     *
     * @param file the backup
     * @return what it holds
     * @throws IOException if it is damaged, cut off or no backup; the message names the place. Use another one
     * @throws NeedsUpgradeException if a newer build made it
     */
    public static Backup verify(Path file) throws IOException {
        try (InputStream raw = new BufferedInputStream(open(file), BUFFER)) {
            DigestInputStream summed = new DigestInputStream(raw, newDigest());
            BackupManifest manifest = header(file, summed);
            BlockInput blocks = new BlockInput(summed, "backup " + file, headerLength(manifest));
            compare(file, manifest, blocks);
            byte[] own = summed.getMessageDigest().digest();
            byte[] written = raw.readNBytes(DIGEST + 1);
            if (!Arrays.equals(own, written)) {
                throw damaged(
                        file, "does not have the SHA-256 that it ends with (from byte " + blocks.offset() + " on)");
            }
            return new Backup(
                    file,
                    manifest,
                    blocks.offset() + DIGEST,
                    blocks.blocks(),
                    HexFormat.of().formatHex(own));
        }
    }

    private static InputStream open(Path file) throws IOException {
        try {
            return Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file.toString(), null, "there is no such backup; check the path");
        }
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static byte[] header(BackupManifest manifest) {
        byte[] text = manifest.encode();
        ByteBuffer out = ByteBuffer.allocate(PREFIX + text.length + 4);
        out.putLong(MAGIC).putShort((short) VERSION).putInt(text.length).put(text);
        out.putInt(crc(out.array(), out.position()));
        return out.array();
    }

    private static long headerLength(BackupManifest manifest) {
        return header(manifest).length;
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static BackupManifest header(Path file, InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        try {
            byte[] prefix = in.readNBytes(PREFIX);
            ByteBuffer fields = ByteBuffer.wrap(prefix);
            if (prefix.length < PREFIX || fields.getLong() != MAGIC) {
                throw damaged(file, "is no backup: it does not begin with HOLDBACK (byte 0)");
            }
            int version = fields.getShort() & 0xFFFF;
            int length = fields.getInt();
            if (length < 1 || length > BackupManifest.MAX_BYTES) {
                throw damaged(file, "has a damaged header: the length at byte 10 is " + length);
            }
            byte[] header = Arrays.copyOf(prefix, PREFIX + length);
            in.readFully(header, PREFIX, length);
            if (in.readInt() != crc(header, header.length)) {
                throw damaged(file, "has a damaged header (bytes 0 to " + (header.length + 3) + ")");
            }
            if (version > VERSION) {
                throw new NeedsUpgradeException(
                        "backup " + file + " has version " + version + ", this build knows up to " + VERSION);
            }
            return BackupManifest.decode(Arrays.copyOfRange(header, PREFIX, header.length));
        } catch (EOFException e) {
            throw damaged(file, "ends in its header");
        } catch (IllegalArgumentException e) {
            throw damaged(file, "has a manifest that cannot be read: " + e.getMessage());
        }
    }

    private static void compare(Path file, BackupManifest manifest, BlockInput blocks) throws IOException {
        Census found;
        try {
            BatchApplier.Head head = BatchApplier.Head.read(blocks);
            found = PrimitiveMachine.examine(blocks);
            if (head.index() != found.revision()) {
                throw damaged(file, "holds revision " + found.revision() + " under index " + head.index());
            }
        } catch (CodecException e) {
            throw damaged(
                    file, "holds a state that cannot be read, before byte " + blocks.offset() + ": " + e.getMessage());
        }
        // what was read above ends before the footer of the blocks, which only this reads
        if (blocks.transferTo(OutputStream.nullOutputStream()) != 0) {
            throw damaged(file, "has bytes behind its state, before byte " + blocks.offset());
        }
        if (!found.equals(manifest.contents())) {
            throw damaged(
                    file, "does not hold what its manifest says: " + found + " instead of " + manifest.contents());
        }
    }

    private static IOException damaged(Path file, String how) {
        return new IOException("backup " + file + " " + how + "; do not use it");
    }

    /** The state, as a snapshot has it. Each block is checked before its bytes are given out. */
    InputStream state() throws IOException {
        InputStream in = new BufferedInputStream(open(file), BUFFER);
        try {
            BackupManifest found = header(file, in);
            if (!found.equals(manifest)) {
                throw damaged(file, "was replaced while it was read");
            }
            return new BlockInput(in, "backup " + file, headerLength(manifest));
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * What people want to know.
     *
     * @return some lines
     */
    @Override
    public String toString() {
        return file + ": " + size + " bytes, " + blocks + " blocks, SHA-256 " + sha256 + "\n"
                + new String(manifest.encode(), StandardCharsets.UTF_8);
    }
}
