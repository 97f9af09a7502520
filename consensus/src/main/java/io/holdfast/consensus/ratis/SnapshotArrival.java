package io.holdfast.consensus.ratis;

import io.holdfast.consensus.storage.Durably;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * What has arrived of a snapshot, synced chunk by chunk, so that a transfer that broke off, by a kill as well, goes on where it was. Ratis itself starts each attempt at the first chunk; it gets from
 * here what need not travel again. One snapshot at a time, another one takes its place; as large as that on the disk. Used by the thread for arriving snapshots only.
 */
final class SnapshotArrival {
    private static final String SUFFIX = ".arriving";

    private final Path directory;
    private Path file;
    private int chunks;
    private boolean known;

    SnapshotArrival(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("none");
    }

    /** How many chunks of an offered snapshot are here. */
    int held(SnapshotChunkProto offer) throws IOException {
        Path wanted = directory.resolve(name(offer));
        if (!known || !wanted.equals(file)) {
            Files.createDirectories(directory);
            deleteOthers(wanted);
            chunks = whole(wanted);
            file = wanted;
            known = true;
            try (FileChannel made = open()) {
                made.truncate((long) chunks * SnapshotChunks.SIZE);
            }
            Durably.syncDirectory(directory);
        }
        return chunks;
    }

    private static String name(SnapshotChunkProto offer) {
        ByteBuffer tail = offer.getFileChunks(0).getFileDigest().asReadOnlyByteBuffer();
        return String.format("%s%x%s", prefix(offer), tail.remaining() == 4 ? tail.getInt() : 0, SUFFIX);
    }

    private static String prefix(SnapshotChunkProto snapshot) {
        return String.format(
                "%x-%x-%x-",
                snapshot.getTermIndex().getTerm(), snapshot.getTermIndex().getIndex(), snapshot.getTotalSize());
    }

    /** In a file of an earlier life the last chunk may be there in length only: each was synced before the next was written. */
    private static int whole(Path file) throws IOException {
        return Files.exists(file) ? (int) Math.max(0, Files.size(file) / SnapshotChunks.SIZE - 1) : 0;
    }

    private void deleteOthers(Path wanted) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path other : old) {
                if (!other.equals(wanted)) {
                    Files.delete(other);
                }
            }
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Keeps a chunk that came with its bytes, and gives its bytes to one that came without. */
    InstallSnapshotRequestProto whole(InstallSnapshotRequestProto request) throws IOException {
        SnapshotChunkProto snapshot = request.getSnapshotChunk();
        FileChunkProto chunk = snapshot.getFileChunks(0);
        if (!known || !file.getFileName().toString().startsWith(prefix(snapshot))) { // or a late one of a leader before
            throw new IOException("chunk " + chunk.getChunkIndex() + " of a snapshot that was not offered");
        }
        if (chunk.getData().isEmpty()) {
            return fill(request, chunk, Math.min(SnapshotChunks.SIZE, snapshot.getTotalSize() - chunk.getOffset()));
        }
        keep(chunk);
        return request;
    }

    private void keep(FileChunkProto chunk) throws IOException {
        if (chunk.getChunkIndex() != chunks) {
            return; // it came again
        }
        try (FileChannel channel = open()) {
            ByteBuffer bytes = chunk.getData().asReadOnlyByteBuffer();
            while (bytes.hasRemaining()) {
                channel.write(bytes, chunk.getOffset() + bytes.position());
            }
            channel.force(true);
        }
        chunks++;
    }

    private InstallSnapshotRequestProto fill(InstallSnapshotRequestProto request, FileChunkProto chunk, long count)
            throws IOException {
        if (chunk.getChunkIndex() >= chunks) {
            throw new IOException("chunk " + chunk.getChunkIndex() + " of a snapshot is not here any more");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) count);
        try (FileChannel channel = open()) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, chunk.getOffset() + bytes.position()) < 0) {
                    throw new IOException(file + " ends in chunk " + chunk.getChunkIndex());
                }
            }
        }
        InstallSnapshotRequestProto.Builder filled = request.toBuilder();
        filled.getSnapshotChunkBuilder().getFileChunksBuilder(0).setData(UnsafeByteOperations.unsafeWrap(bytes.flip()));
        return filled.build();
    }

    /** The replica has a snapshot of that entry, or of a later one: what has arrived of an earlier one is of no use. */
    void discardUpTo(long index) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> old = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            all.forEach(old::add);
        }
        for (Path arrived : old) {
            if (indexOf(arrived) <= index) {
                Files.delete(arrived);
                known &= !arrived.equals(file);
            }
        }
    }

    private static long indexOf(Path arrived) {
        String[] parts = arrived.getFileName().toString().split("-", 3);
        try {
            return parts.length < 3 ? -1 : Long.parseLong(parts[1], 16);
        } catch (NumberFormatException notOurs) {
            return Long.MAX_VALUE;
        }
    }

    /** It is installed, or of no use. */
    void discard() throws IOException {
        known = false;
        chunks = 0;
        if (Files.isDirectory(directory)) {
            deleteOthers(directory);
        }
    }
}
