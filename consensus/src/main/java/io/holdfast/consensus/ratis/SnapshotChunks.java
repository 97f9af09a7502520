package io.holdfast.consensus.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.MD5FileUtil;

/** The chunks of a snapshot's file, read one after the other by one thread at a time. */
final class SnapshotChunks implements AutoCloseable {
    /** Written under the group's lock, so not large; both ends count in it. */
    static final int SIZE = 1024 * 1024;

    private static final int TAIL = 64 * 1024;

    private final FileChannel file;
    private final TermIndex of;
    private final String name;
    private final String requestId;
    private final long length;
    private final MessageDigest digest = MD5FileUtil.newMD5(); // Ratis compares it at the other end
    private int next;

    /**
     * Opens a file.
     *
     * @param path the file
     * @param root the storage, which its name is told relative to
     * @param of what the snapshot holds
     * @param requestId names this attempt
     */
    SnapshotChunks(Path path, Path root, TermIndex of, String requestId) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.READ);
        this.of = of;
        this.name = root.relativize(path).toString();
        this.requestId = requestId;
        this.length = file.size();
    }

    /** What this snapshot is, without its bytes: two files with the same last entry, length and end are held to be the same until the digest says otherwise. */
    SnapshotChunkProto offer() throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(read(Math.max(0, length - TAIL), (int) Math.min(TAIL, length)));
        ByteBuffer tail = ByteBuffer.allocate(4).putInt((int) crc.getValue()).flip();
        return proto(-1, FileChunkProto.newBuilder().setFilename(name).setFileDigest(ByteString.copyFrom(tail)), false);
    }

    boolean hasNext() {
        return (long) next * SIZE < length;
    }

    SnapshotChunkProto next() throws IOException {
        long offset = (long) next * SIZE;
        ByteBuffer bytes = read(offset, (int) Math.min(SIZE, length - offset));
        digest.update(bytes.duplicate());
        boolean last = offset + bytes.remaining() == length;
        FileChunkProto.Builder chunk = FileChunkProto.newBuilder()
                .setFilename(name)
                .setOffset(offset)
                .setChunkIndex(next)
                .setDone(last)
                .setData(UnsafeByteOperations.unsafeWrap(bytes))
                .setFileDigest(last ? ByteString.copyFrom(digest.digest()) : ByteString.EMPTY);
        return proto(next++, chunk, last);
    }

    private SnapshotChunkProto proto(int index, FileChunkProto.Builder chunk, boolean last) {
        return SnapshotChunkProto.newBuilder()
                .setRequestId(requestId)
                .setRequestIndex(index)
                .setTermIndex(of.toProto())
                .addFileChunks(chunk)
                .setTotalSize(length)
                .setDone(last)
                .build();
    }

    private ByteBuffer read(long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                throw new IOException(
                        "snapshot " + name + " ends at byte " + (offset + bytes.position()) + " of " + length);
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
