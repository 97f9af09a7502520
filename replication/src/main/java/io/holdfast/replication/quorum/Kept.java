package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.replication.version.KeyHash;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The partitions whose rows on this disk are those of a replica, durably. Rows of any other partition are left over from a time when this node kept them: what was removed since then, and forgotten by everybody, is still
 * among them, so they must go before the node keeps that partition again.
 */
final class Kept {
    private static final String CELL = "quorum-kept";
    private static final int LAYOUT = 1;

    private BitSet partitions = new BitSet();

    Kept(DurableCells cells) {
        cells.read(CELL).ifPresent(bytes -> partitions = decode(bytes));
    }

    boolean has(int partition) {
        return partitions.get(partition);
    }

    /** The left-over rows of a partition have gone, durably. */
    void add(int partition, Turn turn) {
        BitSet next = (BitSet) partitions.clone();
        next.set(partition);
        save(next, turn);
    }

    /** What this node keeps no more once a change of members is through; at the founding what it keeps. */
    void onRing(Ring ring, RingView view, NodeId self, Turn turn) {
        BitSet next = (BitSet) partitions.clone();
        for (int partition = 0; partition < KeyHash.PARTITIONS; partition++) {
            if (ring.epoch() == 1 && view.keeps(self, partition)) {
                next.set(partition);
            } else if (ring.phase() != Ring.Phase.FILLING && !view.staysAt(self, partition)) {
                next.clear(partition);
            }
        }
        save(next, turn);
    }

    private void save(BitSet next, Turn turn) {
        if (!next.equals(partitions)) {
            partitions = next;
            WireWriter out = new WireWriter();
            out.u8(LAYOUT);
            out.bytes(next.toByteArray());
            turn.out().persist(CELL, out.bytes());
        }
    }

    private static BitSet decode(byte[] bytes) {
        WireReader in = new WireReader("cell of kept partitions", bytes);
        in.version("cell of kept partitions", LAYOUT);
        byte[] bits = in.bytes("partitions", KeyHash.PARTITIONS / 8);
        in.end();
        return BitSet.valueOf(Arrays.copyOf(bits, bits.length));
    }
}
