package io.holdfast.consensus.backup;

import io.holdfast.consensus.storage.BlockOutput;
import io.holdfast.consensus.storage.Durably;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.consensus.storage.PacedFile;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.HexFormat;

/** Writes backups. */
public final class BackupWriter {
    private static final String UNFINISHED = ".unfinished";

    private BackupWriter() {}

    /**
     * Writes a backup so that after a crash the file is whole or not there. What a crash leaves has the same name and {@code .unfinished}, and may be deleted.
     *
     * @param file where to; its directory is there
     * @param manifest what it says of itself
     * @param state what a replica's applier has captured, of the moment that the manifest tells of
     * @param pace whether a log is written meanwhile
     * @return the backup
     * @throws IOException if it cannot be written, or there is a file already: choose another name
     */
    public static Backup write(Path file, BackupManifest manifest, ReplicatedLog.Capture state, Pace pace)
            throws IOException {
        Path target = file.toAbsolutePath().normalize();
        requireAbsent(target);
        Path temporary = target.resolveSibling(target.getFileName() + UNFINISHED);
        try {
            Backup backup = writeTo(temporary, target, manifest, state, pace);
            requireAbsent(target);
            Files.move(temporary, target);
            settle(target);
            return backup;
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Whoever is told that it failed finds nothing of it. */
    private static void settle(Path target) throws IOException {
        try {
            Durably.syncDirectory(target.resolveSibling("."));
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(target);
            throw e;
        }
    }

    /**
     * Refuses a name that is taken.
     *
     * @param target where a backup is to be written
     * @throws FileAlreadyExistsException if there is a file: choose another name
     */
    public static void requireAbsent(Path target) throws FileAlreadyExistsException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(
                    target.toString(), null, "a backup is never written over another file; choose another name");
        }
    }

    private static Backup writeTo(
            Path temporary, Path target, BackupManifest manifest, ReplicatedLog.Capture state, Pace pace)
            throws IOException {
        try (PacedFile file = new PacedFile(temporary, pace);
                Counting counted = new Counting(file);
                DigestOutputStream summed = new DigestOutputStream(counted, Backup.newDigest());
                BufferedOutputStream out = new BufferedOutputStream(summed, Backup.BUFFER)) {
            out.write(Backup.header(manifest));
            BlockOutput blocks = new BlockOutput(out);
            state.writeTo(blocks);
            blocks.finish();
            byte[] sum = summed.getMessageDigest().digest();
            counted.write(sum, 0, sum.length);
            file.sync();
            return new Backup(
                    target,
                    manifest,
                    counted.bytes,
                    blocks.blocks(),
                    HexFormat.of().formatHex(sum));
        }
    }

    private static final class Counting extends FilterOutputStream {
        private long bytes;

        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
            bytes += length;
        }
    }
}
