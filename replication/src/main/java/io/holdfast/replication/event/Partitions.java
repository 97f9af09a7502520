package io.holdfast.replication.event;

import io.holdfast.core.Check;
import io.holdfast.core.cluster.ReplicatedJournal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/** The partitions of a log, and which of them a key belongs to: for ever the same, as long as their number is. */
final class Partitions {
    static final int MAX = 1024;

    private final List<ReplicatedJournal> journals;
    private final AtomicInteger turn = new AtomicInteger();

    Partitions(String log, List<ReplicatedJournal> journals) {
        this.journals = List.copyOf(journals);
        Check.between("partitions of log " + log, journals.size(), 1, MAX);
    }

    int count() {
        return journals.size();
    }

    ReplicatedJournal journal(int partition) {
        Check.between("partition", partition, 0, journals.size() - 1);
        return journals.get(partition);
    }

    /**
     * By the CRC-32C of the key's UTF-8 (RFC 3720), scattered by a multiplication (Knuth, volume 3, section 6.4): alone its low bits are alike for keys that differ in a digit. Events without a key are dealt
     * out in turn.
     */
    int of(String key) {
        if (key.isEmpty()) {
            return Math.floorMod(turn.getAndIncrement(), count());
        }
        CRC32C crc = new CRC32C();
        crc.update(key.getBytes(StandardCharsets.UTF_8));
        long mixed = (crc.getValue() + 1) * 0x9E3779B97F4A7C15L;
        return (int) (((mixed ^ (mixed >>> 32)) >>> 1) % count());
    }
}
