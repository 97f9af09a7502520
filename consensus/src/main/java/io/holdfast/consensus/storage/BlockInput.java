package io.holdfast.consensus.storage;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads what {@link BlockOutput} wrote; each block is checked before a byte of it is given out. For one thread. */
public final class BlockInput extends InputStream {
    private final String what;
    private final DataInputStream in;
    private byte[] block = new byte[0];
    private int length;
    private int position;
    private long count;
    private long offset;
    private boolean ended;

    /**
     * Reads blocks from here on.
     *
     * @param in where from, closed with this; should be buffered
     * @param what the name in messages, for instance {@code snapshot file /data/state-1}
     * @param offset how many bytes of the file are in front of the first block, for messages
     */
    public BlockInput(InputStream in, String what, long offset) {
        this.in = new DataInputStream(in);
        this.what = what;
        this.offset = offset;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int start, int wanted) throws IOException {
        if (wanted == 0) {
            return 0;
        }
        if (position == length && !next()) {
            return -1;
        }
        int part = Math.min(wanted, length - position);
        System.arraycopy(block, position, bytes, start, part);
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
            throw damaged("ends in block " + count + ", which begins at byte " + offset);
        }
    }

    private boolean readBlock() throws IOException {
        int size = in.readInt();
        if (size == 0) {
            boolean whole = in.readLong() == count && in.readInt() == BlockOutput.footerCrc(count);
            if (!whole) {
                throw damaged("has a damaged footer of its blocks at byte " + offset);
            }
            offset += 16;
            ended = true;
            return false;
        }
        if (size < 0 || size > BlockOutput.BLOCK) {
            throw damaged("has a damaged block " + count + " at byte " + offset + ": its length is " + size);
        }
        int expected = in.readInt();
        if (block.length < size) {
            block = new byte[BlockOutput.BLOCK];
        }
        in.readFully(block, 0, size);
        if (BlockOutput.crc(block, size) != expected) {
            throw damaged("has a damaged block " + count + " at byte " + offset);
        }
        length = size;
        position = 0;
        count++;
        offset += 8 + size;
        return true;
    }

    private DamagedException damaged(String how) {
        return new DamagedException(what + " " + how);
    }

    /**
     * How far it has read.
     *
     * @return the offset in the file behind the last block, or behind the footer once the end was read
     */
    public long offset() {
        return offset;
    }

    /**
     * How many blocks were read.
     *
     * @return the number
     */
    public long blocks() {
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
