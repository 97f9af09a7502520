package io.holdfast.consensus.state;

import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * The form of a snapshot: {@code "HFST" [format u8][header, length-prefixed: revision, log time]} then {@code [1][table][key][value]} for each row in order, then
 * {@code [0][rows varlong][hash fixed64]}. The hash is that of the state, so a snapshot that lost or changed a row is refused.
 */
final class SnapshotFile {
    static final int FORMAT = 1;
    private static final byte[] MAGIC = {'H', 'F', 'S', 'T'};
    private static final int ROW = 1;
    private static final int END = 0;
    private static final int CHUNK_ROWS = 512;
    private static final int CHUNK_BYTES = 256 << 10;
    private static final int MAX_KEY = StateLimits.MAX_KEY + 64;
    private static final int MAX_VALUE = 16 << 20;

    /** What stands in front of the rows. */
    record Header(long revision, long logNanos) {}

    private SnapshotFile() {}

    /** A state that is held to be written. */
    static final class Held implements ReplicatedLog.Capture {
        private final StoreCapture rows;
        private final Header header;
        private final long count;
        private final long hash;

        /** Under the store's lock, between commands. */
        Held(StateStore store, Header header) {
            this.rows = store.capture();
            this.header = header;
            this.count = store.rows();
            this.hash = store.hash();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] head = new ByteWriter()
                    .varlong(header.revision)
                    .signed(header.logNanos)
                    .toBytes();
            out.write(new ByteWriter().raw(MAGIC).u8(FORMAT).bytes(head).toBytes());
            List<StoreCapture.Placed> chunk = rows.next(CHUNK_ROWS, CHUNK_BYTES);
            while (!chunk.isEmpty()) {
                ByteWriter bytes = new ByteWriter(CHUNK_BYTES);
                for (StoreCapture.Placed row : chunk) {
                    bytes.u8(ROW)
                            .varlong(row.place().table())
                            .bytes(row.place().key())
                            .bytes(row.value());
                }
                out.write(bytes.toBytes());
                chunk = rows.next(CHUNK_ROWS, CHUNK_BYTES);
            }
            out.write(new ByteWriter().u8(END).varlong(count).fixed64(hash).toBytes());
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    /** Takes the rows of a snapshot, in the order in which they stand in it. */
    interface Rows {
        /** Takes a row; false if it may not stand there. */
        boolean add(long table, byte[] key, byte[] value);

        long count();

        long hash();
    }

    /** Fills an empty store. */
    private record Filling(StateStore store) implements Rows {
        @Override
        public boolean add(long table, byte[] key, byte[] value) {
            if (table < 0 || store.get(table, key) != null) {
                return false;
            }
            store.put(table, key, value);
            store.keep();
            return true;
        }

        @Override
        public long count() {
            return store.rows();
        }

        @Override
        public long hash() {
            return store.hash();
        }
    }

    /**
     * Fills an empty store.
     *
     * @throws DamagedException if it is damaged
     * @throws NeedsUpgradeException if a newer build wrote it
     * @throws IOException if it cannot be read now
     */
    static Header read(InputStream snapshot, StateStore store) throws IOException {
        return read(snapshot, new Filling(store));
    }

    static Header read(InputStream snapshot, Rows rows) throws IOException {
        InputStream in = new BufferedInputStream(snapshot, 1 << 16);
        if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
            throw new DamagedException("this is no snapshot of a group's state: it does not begin with HFST");
        }
        int format = u8(in);
        if (format > FORMAT) {
            throw new NeedsUpgradeException("a snapshot has format " + format + ", this build knows up to " + FORMAT);
        }
        Header header = header(bytes(in, 1 << 16));
        int next = u8(in);
        while (next == ROW) {
            long table = varlong(in);
            byte[] key = bytes(in, MAX_KEY);
            if (!rows.add(table, key, bytes(in, MAX_VALUE))) {
                throw damaged("a row stands in it twice, or in a wrong place (table " + table + ")");
            }
            next = u8(in);
        }
        if (next != END || varlong(in) != rows.count() || new ByteReader(exactly(in, 8)).fixed64() != rows.hash()) {
            throw damaged("its rows do not have the hash that it ends with");
        }
        return header;
    }

    private static Header header(byte[] bytes) throws IOException {
        try {
            ByteReader in = new ByteReader(bytes);
            return new Header(in.varlong(), in.signed());
        } catch (CodecException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private static DamagedException damaged(String how) {
        return new DamagedException("the snapshot is damaged: " + how + "; use an older one or another replica's");
    }

    private static int u8(InputStream in) throws IOException {
        int value = in.read();
        if (value < 0) {
            throw damaged("it ends too early");
        }
        return value;
    }

    private static long varlong(InputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8(in);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw damaged("a number is longer than 64 bits");
    }

    private static byte[] bytes(InputStream in, int max) throws IOException {
        long length = varlong(in);
        if (length < 0 || length > max) {
            throw damaged("a piece has " + length + " bytes, more than " + max);
        }
        return exactly(in, (int) length);
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw damaged("it ends too early");
        }
        return bytes;
    }
}
