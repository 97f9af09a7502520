package io.holdfast.replication.saga;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the history of one saga lies in its journal, which keeps the last record of each key: in chunks of a few kilobytes, each under a key of its own. The last chunk is written anew with each entry, so a
 * small saga is one record however many steps it has, and no entry is ever written more often than fits a chunk. Belongs to the loop.
 */
final class SagaFile {
    private static final int CHUNK_BYTES = 4 << 10;

    /** What to append, if the key's last record has the offset. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(SagaIds.Key key, byte[] value, long expected) {}

    private final int shard;
    private final String id;
    private int chunk;
    private long offset;
    private List<SagaEntry> current = new ArrayList<>();
    private byte[] written = {};

    SagaFile(int shard, String id) {
        this.shard = shard;
        this.id = id;
    }

    /** The chunks that were read, as entries; the file goes on behind them. */
    List<SagaEntry> open(Map<Integer, JournalScan.Chunk> chunks) {
        List<SagaEntry> all = new ArrayList<>();
        for (Map.Entry<Integer, JournalScan.Chunk> each : new TreeMap<>(chunks).entrySet()) {
            current = new ArrayList<>(SagaEntryCodec.decode(each.getValue().value()));
            chunk = each.getKey();
            offset = each.getValue().offset();
            written = each.getValue().value();
            all.addAll(current);
        }
        return all;
    }

    /** What to append for an entry. */
    Write next(SagaEntry entry) {
        if (written.length > CHUNK_BYTES) {
            chunk++;
            offset = 0;
            current = new ArrayList<>();
        }
        current.add(entry);
        written = SagaEntryCodec.encode(current);
        return new Write(key(chunk), written, offset);
    }

    void committed(long at) {
        offset = at;
    }

    private SagaIds.Key key(int number) {
        return new SagaIds.Key(shard, number, id);
    }

    /** All keys that may have a record. */
    List<SagaIds.Key> keys() {
        List<SagaIds.Key> keys = new ArrayList<>();
        for (int i = 0; i <= chunk; i++) {
            keys.add(key(i));
        }
        return keys;
    }
}
