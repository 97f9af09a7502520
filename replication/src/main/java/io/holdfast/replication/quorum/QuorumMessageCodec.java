package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.replication.quorum.QuorumMessage.RepairRow;
import io.holdfast.replication.quorum.QuorumMessage.Tombstone;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.RowKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The bytes of a {@link QuorumMessage}: {@code [version u8][type u8]} and its fields. Decoding takes bytes of any origin. The messages of trees are in {@link TreeCodec}. */
final class QuorumMessageCodec {
    private static final int VERSION = 1;
    private static final int SEVERAL = 25;
    private static final int MAX_LIST = 1 << 20;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_BUDGET_MILLIS = Integer.MAX_VALUE;

    private QuorumMessageCodec() {}

    static byte[] encode(QuorumMessage message) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        if (message instanceof QuorumMessage.Coordinate asked) {
            coordinate(asked, out);
        } else if (message instanceof QuorumMessage.Coordinated answer) {
            head(2, answer.id(), out);
            result(answer.result(), out);
        } else if (message instanceof QuorumMessage.Replicate asked) {
            head(3, asked.id(), out);
            out.number(asked.epoch());
            out.bytes(asked.key().encoded());
            optionalNode(asked.hintFor(), out);
            out.bytes(asked.row());
        } else if (message instanceof QuorumMessage.Stored answer) {
            head(4, answer.id(), out);
            optionalNode(answer.hintFor(), out);
            optionalBytes(answer.row(), out);
        } else if (message instanceof QuorumMessage.Fetch asked) {
            head(5, asked.id(), out);
            out.number(asked.epoch());
            out.bytes(asked.key().encoded());
            out.fixed64(asked.knownHash());
            optionalNode(asked.hintFor(), out);
        } else if (message instanceof QuorumMessage.Fetched answer) {
            head(6, answer.id(), out);
            optionalNode(answer.hintFor(), out);
            out.u8(answer.same() ? 1 : 0);
            optionalBytes(answer.row(), out);
        } else if (message instanceof QuorumMessage.Refused refused) {
            head(7, refused.id(), out);
            out.u8(refused.reason().ordinal());
        } else if (message instanceof QuorumMessage.RingNews news) {
            out.u8(8);
            out.bytes(RingCodec.encode(news.ring()));
        } else if (!members(message, out)) {
            TreeCodec.encode(message, out);
        }
        return out.bytes();
    }

    /** Several messages as one; one is itself. */
    static byte[] together(List<byte[]> messages) {
        if (messages.size() == 1) {
            return messages.get(0);
        }
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.u8(SEVERAL);
        out.number(messages.size());
        messages.forEach(out::bytes);
        return out.bytes();
    }

    /** The messages that {@link #together} put into one. Throws {@link io.holdfast.core.ProtocolException} if the bytes are none. */
    static List<byte[]> apart(byte[] bytes) {
        if (bytes.length < 2 || bytes[1] != SEVERAL) {
            return List.of(bytes);
        }
        WireReader in = new WireReader("messages of a ring", bytes);
        in.version("messages of a ring", VERSION);
        in.u8("type");
        List<byte[]> messages = list("messages", in, () -> in.bytes("message", bytes.length));
        in.end();
        return messages;
    }

    private static boolean members(QuorumMessage message, WireWriter out) {
        if (message instanceof QuorumMessage.Pull asked) {
            head(9, asked.id(), out);
            out.number(asked.epoch());
            out.number(asked.partitions().size());
            asked.partitions().forEach(out::number);
            out.fixed64(asked.after());
        } else if (message instanceof QuorumMessage.Pulled answer) {
            head(10, answer.id(), out);
            out.number(answer.complete());
            out.fixed64(answer.upTo());
            out.number(answer.lacking().size());
            answer.lacking().forEach(out::number);
            rows(answer.rows(), out);
        } else if (message instanceof QuorumMessage.MayCollect asked) {
            head(11, asked.id(), out);
            out.number(asked.epoch());
            out.number(asked.partition());
            tombstones(asked.tombstones(), out);
        } else if (message instanceof QuorumMessage.Collectable answer) {
            head(12, answer.id(), out);
            out.number(answer.free().size());
            answer.free().forEach(free -> out.u8(free ? 1 : 0));
        } else if (message instanceof QuorumMessage.Collect told) {
            out.u8(13);
            out.number(told.epoch());
            out.number(told.partition());
            tombstones(told.tombstones(), out);
        } else {
            return false;
        }
        return true;
    }

    private static void head(int type, long id, WireWriter out) {
        out.u8(type);
        out.number(id);
    }

    private static void coordinate(QuorumMessage.Coordinate asked, WireWriter out) {
        head(1, asked.id(), out);
        out.number(asked.epoch());
        out.bytes(asked.key().encoded());
        out.u8(asked.change().policy().ordinal());
        asked.change().known().encode(out);
        out.number(asked.change().expiry());
        optionalBytes(asked.change().value(), out);
        out.number(asked.spec().needed());
        out.number(asked.spec().stored());
        out.u8((asked.spec().sloppy() ? 1 : 0) | (asked.spec().repairFirst() ? 2 : 0));
        out.number(asked.budgetMillis());
    }

    private static void result(QuorumResult result, WireWriter out) {
        if (result instanceof QuorumResult.Written written) {
            out.u8(0);
            written.context().encode(out);
            out.fixed64(written.time());
        } else if (result instanceof QuorumResult.Failed failed) {
            out.u8(1);
            out.u8(failed.kind().ordinal());
            out.text(failed.message().substring(0, Math.min(failed.message().length(), MAX_TEXT / 4)));
        } else {
            throw new IllegalStateException("a write is not answered by " + result);
        }
    }

    static void rows(List<RepairRow> rows, WireWriter out) {
        out.number(rows.size());
        for (RepairRow row : rows) {
            out.bytes(row.key().encoded());
            out.bytes(row.row());
        }
    }

    private static void tombstones(List<Tombstone> tombstones, WireWriter out) {
        out.number(tombstones.size());
        for (Tombstone each : tombstones) {
            out.bytes(each.key().encoded());
            out.fixed64(each.stateHash());
        }
    }

    private static void optionalNode(@Nullable NodeId node, WireWriter out) {
        out.text(node == null ? "" : node.value());
    }

    private static void optionalBytes(byte @Nullable [] bytes, WireWriter out) {
        out.u8(bytes == null ? 0 : 1);
        if (bytes != null) {
            out.bytes(bytes);
        }
    }

    /** Throws {@link io.holdfast.core.ProtocolException} if the bytes are no message, or one of a newer layout. */
    static QuorumMessage decode(byte[] bytes) {
        WireReader in = new WireReader("message of a ring", bytes);
        in.version("message of a ring", VERSION);
        QuorumMessage message = read(in.u8("type"), in);
        in.end();
        return message;
    }

    private static QuorumMessage read(int type, WireReader in) {
        return switch (type) {
            case 1 -> coordinate(in);
            case 2 -> new QuorumMessage.Coordinated(in.number("id"), result(in));
            case 3 -> {
                long id = in.number("id");
                long epoch = in.number("epoch");
                RowKey key = key(in);
                NodeId hintFor = node(in);
                yield new QuorumMessage.Replicate(id, epoch, key, state(in), hintFor);
            }
            case 4 -> new QuorumMessage.Stored(in.number("id"), node(in), optional(in));
            case 5 ->
                new QuorumMessage.Fetch(
                        in.number("id"), in.number("epoch"), key(in), in.fixed64("known hash"), node(in));
            case 6 -> new QuorumMessage.Fetched(in.number("id"), node(in), in.flag("same"), optional(in));
            case 7 -> new QuorumMessage.Refused(in.number("id"), one(Refusal.values(), "reason", in));
            case 8 -> new QuorumMessage.RingNews(RingCodec.decode(in.bytes("ring", RingCodec.MAX_BYTES)));
            case 9 ->
                new QuorumMessage.Pull(
                        in.number("id"),
                        in.number("epoch"),
                        list("partitions", in, () -> TreeCodec.partition(in)),
                        in.fixed64("hash"));
            case 10 ->
                new QuorumMessage.Pulled(
                        in.number("id"),
                        in.number("complete", MAX_LIST),
                        in.fixed64("hash"),
                        list("lacking", in, () -> TreeCodec.partition(in)),
                        rows(in));
            case 11 ->
                new QuorumMessage.MayCollect(
                        in.number("id"), in.number("epoch"), TreeCodec.partition(in), tombstones(in));
            case 12 -> new QuorumMessage.Collectable(in.number("id"), list("answers", in, () -> in.flag("free")));
            case 13 -> new QuorumMessage.Collect(in.number("epoch"), TreeCodec.partition(in), tombstones(in));
            default -> TreeCodec.decode(type, in);
        };
    }

    private static QuorumMessage coordinate(WireReader in) {
        long id = in.number("id");
        long epoch = in.number("epoch");
        RowKey key = key(in);
        ConflictPolicy policy = one(ConflictPolicy.values(), "policy", in);
        CausalContext known = CausalContext.decode(in);
        long expiry = in.number("expiry");
        RowChange change = new RowChange(policy, known, expiry, optional(in));
        int needed = in.number("needed", 7);
        int stored = in.number("stored", 7);
        int flags = in.number("flags", 3);
        CallSpec spec = new CallSpec(needed, stored, (flags & 1) != 0, (flags & 2) != 0);
        return new QuorumMessage.Coordinate(id, epoch, key, change, spec, in.number("budget", MAX_BUDGET_MILLIS));
    }

    private static QuorumResult result(WireReader in) {
        if (!in.flag("failed")) {
            return new QuorumResult.Written(CausalContext.decode(in), in.fixed64("time"));
        }
        return new QuorumResult.Failed(
                one(QuorumResult.Failed.Kind.values(), "kind of failure", in), in.text("message", MAX_TEXT));
    }

    static List<RepairRow> rows(WireReader in) {
        return list("rows", in, () -> new RepairRow(key(in), state(in)));
    }

    private static List<Tombstone> tombstones(WireReader in) {
        return list("tombstones", in, () -> new Tombstone(key(in), in.fixed64("hash")));
    }

    static <X> List<X> list(String what, WireReader in, Supplier<X> item) {
        int size = in.count(what, MAX_LIST);
        List<X> items = new ArrayList<>(Math.min(size, 1024));
        for (int i = 0; i < size; i++) {
            items.add(item.get());
        }
        return items;
    }

    private static <X> X one(X[] values, String what, WireReader in) {
        return values[in.number(what, values.length - 1)];
    }

    private static RowKey key(WireReader in) {
        byte[] bytes = in.bytes("key", RowKey.MAX_BYTES);
        try {
            return RowKey.decode(bytes);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] state(WireReader in) {
        return in.bytes("row", RowStore.MAX_STATE);
    }

    private static @Nullable NodeId node(WireReader in) {
        String name = in.text("node", 255);
        try {
            return name.isEmpty() ? null : NodeId.of(name);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private static byte @Nullable [] optional(WireReader in) {
        return in.flag("bytes there") ? state(in) : null;
    }
}
