package io.holdfast.consensus.storage;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Bytes in blocks, each with its checksum, so that a reader knows which bytes of a large file are damaged. Numbers are big endian. For one thread.
 *
 * <pre>
 * block:  length u32 (1 to 65,536), CRC32C u32 of the bytes, bytes
 * footer: 0 u32, number of blocks i64, CRC32C u32 of that number
 * </pre>
 */
public final class BlockOutput extends OutputStream {
    static final int BLOCK = 64 * 1024;

    private final DataOutputStream out;
    private final byte[] block = new byte[BLOCK];
    private int filled;
    private long count;

    /**
     * Writes blocks from here on.
     *
     * @param out where to; stays open, and should be buffered
     */
    public BlockOutput(OutputStream out) {
        this.out = new DataOutputStream(out);
    }

    static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    static int footerCrc(long blocks) {
        return crc(ByteBuffer.allocate(8).putLong(blocks).array(), 8);
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

    /**
     * Writes what is left, and the footer. Nothing may follow.
     *
     * @throws IOException if it cannot be written
     */
    public void finish() throws IOException {
        writeBlock();
        out.writeInt(0);
        out.writeLong(count);
        out.writeInt(footerCrc(count));
        out.flush();
    }

    /**
     * How many blocks were written.
     *
     * @return the number
     */
    public long blocks() {
        return count;
    }

    /** Does nothing: a half-written block must not follow a failure, and the stream below belongs to who opened it. */
    @Override
    public void close() {
        // see above
    }
}
