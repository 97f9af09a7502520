package io.holdfast.replication.saga;

import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the history of one saga lies in its journal, which keeps the last record of each key: in chunks of a few kilobytes, each under a key of its own. The last chunk is written anew with each entry, so a
 * small saga is one record however many steps it has, and no entry is written more often than fits a chunk. When the saga has ended its outline replaces all. Belongs to the loop.
 */
final class SagaFile {
    private static final int CHUNK_BYTES = 4 << 10;
    private static final int MAX_TOMBSTONES = 900;
    private static final int MAX_TOMBSTONE_BYTES = 300 << 10;

    /**
     * What to append.
     *
     * @param key where
     * @param value what
     * @param guard the key whose last record must have the offset
     * @param expected the offset
     * @param others what goes with it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(String key, byte[] value, String guard, long expected, List<Entry> others) {}

    private final int shard;
    private final String id;
    private final Outline outline = new Outline();
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
        TreeMap<Integer, JournalScan.Chunk> inOrder = new TreeMap<>(chunks);
        chunk = inOrder.lastKey();
        offset = inOrder.lastEntry().getValue().offset();
        written = inOrder.lastEntry().getValue().value();
        List<SagaEntry> all = new ArrayList<>();
        for (JournalScan.Chunk each : inOrder.values()) {
            current = new ArrayList<>(SagaEntryCodec.decode(each.value()));
            all.addAll(current);
        }
        all.forEach(outline::add);
        return all;
    }

    /** What to append for an entry. */
    Write next(SagaEntry entry) {
        outline.add(entry);
        if (written.length > CHUNK_BYTES) {
            chunk++;
            offset = 0;
            current = new ArrayList<>();
        }
        current.add(entry);
        written = SagaEntryCodec.encode(current);
        String key = key(chunk);
        return new Write(key, written, key, offset, List.of());
    }

    /** What to append for the last entry: an outline in place of all, and of what the children left. */
    Write last(SagaEntry entry, List<String> childrensKeys) {
        outline.add(entry);
        List<Entry> others = new ArrayList<>();
        for (int i = 1; i <= chunk; i++) {
            others.add(new Entry(key(i), NoResult.BYTES));
        }
        int bytes = 0;
        for (String key : childrensKeys) {
            bytes += JournalRules.cost(key, NoResult.BYTES);
            if (others.size() < MAX_TOMBSTONES && bytes < MAX_TOMBSTONE_BYTES) { // the next owner forgets the rest
                others.add(new Entry(key, NoResult.BYTES));
            }
        }
        String guard = key(chunk);
        chunk = 0;
        written = SagaEntryCodec.encode(outline.entries());
        return new Write(key(0), written, guard, offset, others);
    }

    void committed(long at) {
        offset = at;
    }

    long offset() {
        return offset;
    }

    /** What has happened, without what it carried. */
    List<SagaEntry> outline() {
        return outline.entries();
    }

    private String key(int number) {
        return new SagaIds.Key(shard, number, id).toString();
    }

    /** All keys that have a record. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i <= chunk; i++) {
            keys.add(key(i));
        }
        return keys;
    }
}
