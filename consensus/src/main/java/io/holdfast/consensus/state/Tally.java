package io.holdfast.consensus.state;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts the rows of a snapshot without keeping them. They come in order, and who owns a table before what is in it. */
final class Tally implements SnapshotFile.Rows {
    private final Map<Long, Integer> owners = new HashMap<>();
    private final SortedMap<Integer, Census.Count> types = new TreeMap<>();
    private StoreCapture.Place last = new StoreCapture.Place(-1, Tables.NOTHING);
    private long rows;
    private long bytes;
    private long hash;
    private int sessions;
    private int level = 1;

    @Override
    public boolean add(long table, byte[] key, byte[] value) {
        StoreCapture.Place place = new StoreCapture.Place(table, key);
        if (table < 0 || place.compareTo(last) <= 0) {
            return false;
        }
        last = place;
        rows++;
        bytes += (long) key.length + value.length;
        hash += StateStore.hash(table, key, value);
        return count(table, key, value);
    }

    private boolean count(long table, byte[] key, byte[] value) {
        if (table == Tables.MARKS && Marks.LEVEL.isAt(key)) {
            level = (int) new ByteReader(value).fixed64();
        } else if (table == Tables.SESSIONS) {
            sessions++;
        } else if (table == Tables.RESOURCES) {
            int type = new ByteReader(value).u8();
            owners.put(new ByteReader(key).fixed64(), type);
            types.merge(type, new Census.Count(1, 0), Census.Count::plus);
        } else if (table > Tables.LAST_RESERVED) {
            Integer type = owners.get(table);
            if (type == null) {
                return false;
            }
            types.merge(type, new Census.Count(0, 1), Census.Count::plus);
        }
        return true;
    }

    @Override
    public long count() {
        return rows;
    }

    @Override
    public long hash() {
        return hash;
    }

    Census census(SnapshotFile.Header header) {
        return new Census(header.revision(), header.logNanos(), level, rows, bytes, hash, sessions, types);
    }
}
