package io.holdfast.replication.store;

import io.holdfast.core.env.DurableCells;
import io.holdfast.replication.version.KeyHash;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which partitions may have lost something, and which spoilt places were the reason: who has vouched for a partition is not asked again because of the same place. For one thread at a time. */
final class Doubt {
    private static final String CELL = "doubt";
    private static final int PARTITION_BYTES = KeyHash.PARTITIONS / 8;

    /** More are not remembered, and raise their doubt again with each opening until compaction has removed them. */
    private static final int MAX_PLACES = 4_000;

    private final DurableCells cells;
    private final BitSet partitions;
    private final Set<Place> places = new LinkedHashSet<>();

    /** Where spoilt bytes begin. */
    record Place(long segment, int offset) {}

    Doubt(DurableCells cells) {
        this.cells = cells;
        ByteBuffer stored = ByteBuffer.wrap(cells.read(CELL).orElse(new byte[PARTITION_BYTES]));
        byte[] bits = new byte[PARTITION_BYTES];
        stored.get(bits);
        partitions = BitSet.valueOf(bits);
        while (stored.hasRemaining()) {
            places.add(new Place(stored.getLong(), stored.getInt()));
        }
    }

    /** Takes the places that an opening has found; one that is new puts all partitions in doubt. Durable when it returns. */
    void found(Set<Place> now) {
        boolean isNew = !places.containsAll(now);
        if (isNew) {
            partitions.set(0, KeyHash.PARTITIONS);
        }
        if (isNew || places.retainAll(now)) {
            places.addAll(now);
            write();
        }
    }

    BitSet partitions() {
        return (BitSet) partitions.clone();
    }

    /** A place was found in use: durable when it returns. */
    void raise(int partition) {
        if (!partitions.get(partition)) {
            partitions.set(partition);
            write();
        }
    }

    void vouch(int partition) {
        if (partitions.get(partition)) {
            partitions.clear(partition);
            boolean written = false;
            try {
                write();
                written = true;
            } finally {
                partitions.set(partition, !written);
            }
        }
    }

    private void write() {
        int count = Math.min(places.size(), MAX_PLACES);
        ByteBuffer value = ByteBuffer.allocate(PARTITION_BYTES + count * 12);
        value.put(partitions.toByteArray()).position(PARTITION_BYTES);
        places.stream()
                .limit(count)
                .forEach(place -> value.putLong(place.segment()).putInt(place.offset()));
        cells.write(CELL, value.array());
    }
}
