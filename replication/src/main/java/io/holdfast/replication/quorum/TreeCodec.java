package io.holdfast.replication.quorum;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.replication.quorum.QuorumMessage.LeafRows;
import io.holdfast.replication.quorum.QuorumMessage.OfferedRow;
import io.holdfast.replication.quorum.QuorumMessage.TreePart;
import io.holdfast.replication.quorum.QuorumMessage.WantedRows;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.KeyHash;

/** The bytes of the messages by which trees are compared, behind version and type. */
final class TreeCodec {
    private static final int MAX_ROWS_OF_A_LEAF = 1 << 20;

    private TreeCodec() {}

    static boolean isOfTrees(QuorumMessage message) {
        return message instanceof QuorumMessage.Hashes
                || message instanceof QuorumMessage.Listing
                || message instanceof QuorumMessage.Offer
                || message instanceof QuorumMessage.Want
                || message instanceof QuorumMessage.Repair;
    }

    static void encode(QuorumMessage message, WireWriter out) {
        if (message instanceof QuorumMessage.Hashes hashes) {
            out.u8(20);
            out.number(hashes.epoch());
            out.fixed32(hashes.salt());
            out.u8(hashes.level());
            out.number(hashes.parts().size());
            for (TreePart part : hashes.parts()) {
                out.number(part.partition());
                out.number(part.node());
                ints(part.hashes(), out);
            }
        } else if (message instanceof QuorumMessage.Listing listing) {
            out.u8(21);
            out.number(listing.epoch());
            out.fixed32(listing.salt());
            out.number(listing.leaves().size());
            for (LeafRows leaf : listing.leaves()) {
                out.number(leaf.partition());
                out.number(leaf.leaf());
                ints(leaf.keys(), out);
                ints(leaf.states(), out);
            }
        } else if (message instanceof QuorumMessage.Want want) {
            out.u8(22);
            out.number(want.epoch());
            out.number(want.rows().size());
            for (WantedRows rows : want.rows()) {
                out.number(rows.partition());
                out.number(rows.leaf());
                out.fixed32(rows.salt());
                ints(rows.keys(), out);
            }
        } else if (message instanceof QuorumMessage.Repair repair) {
            out.u8(23);
            out.number(repair.epoch());
            out.u8(repair.answer() ? 1 : 0);
            QuorumMessageCodec.rows(repair.rows(), out);
        } else if (message instanceof QuorumMessage.Offer offer) {
            out.u8(24);
            out.number(offer.epoch());
            out.number(offer.rows().size());
            for (OfferedRow row : offer.rows()) {
                out.fixed64(row.keyHash());
                row.known().encode(out);
            }
        } else {
            throw new IllegalStateException("no bytes for " + message.getClass());
        }
    }

    private static void ints(int[] values, WireWriter out) {
        out.number(values.length);
        for (int value : values) {
            out.fixed32(value);
        }
    }

    static QuorumMessage decode(int type, WireReader in) {
        return switch (type) {
            case 20 ->
                new QuorumMessage.Hashes(
                        in.number("epoch"),
                        in.fixed32("salt"),
                        in.number("level", 2),
                        QuorumMessageCodec.list(
                                "parts",
                                in,
                                () -> new TreePart(partition(in), in.number("node", RowStore.NODES - 1), ints(in))));
            case 21 ->
                new QuorumMessage.Listing(
                        in.number("epoch"),
                        in.fixed32("salt"),
                        QuorumMessageCodec.list(
                                "leaves", in, () -> new LeafRows(partition(in), leafIn(in), ints(in), ints(in))));
            case 22 ->
                new QuorumMessage.Want(
                        in.number("epoch"),
                        QuorumMessageCodec.list(
                                "rows",
                                in,
                                () -> new WantedRows(partition(in), leafIn(in), in.fixed32("salt"), ints(in))));
            case 23 -> new QuorumMessage.Repair(in.number("epoch"), in.flag("answer"), QuorumMessageCodec.rows(in));
            case 24 ->
                new QuorumMessage.Offer(
                        in.number("epoch"),
                        QuorumMessageCodec.list(
                                "rows", in, () -> new OfferedRow(in.fixed64("key"), CausalContext.decode(in))));
            default -> throw in.broken("type " + type + " of a message of a ring is unknown");
        };
    }

    static int partition(WireReader in) {
        return in.number("partition", KeyHash.PARTITIONS - 1);
    }

    private static int leafIn(WireReader in) {
        return in.number("leaf", KeyHash.LEAVES - 1);
    }

    private static int[] ints(WireReader in) {
        int size = in.count("hashes", MAX_ROWS_OF_A_LEAF);
        int[] values = new int[Math.min(size, 1 << 16)];
        for (int i = 0; i < size; i++) {
            if (i == values.length) {
                values = java.util.Arrays.copyOf(values, Math.min(size, 2 * values.length));
            }
            values[i] = in.fixed32("hash");
        }
        return values;
    }
}
