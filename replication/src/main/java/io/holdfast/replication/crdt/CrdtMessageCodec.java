package io.holdfast.replication.crdt;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import io.holdfast.replication.crdt.CrdtMessage.Ack;
import io.holdfast.replication.crdt.CrdtMessage.Content;
import io.holdfast.replication.crdt.CrdtMessage.Digest;
import io.holdfast.replication.crdt.CrdtMessage.Digests;
import io.holdfast.replication.crdt.CrdtMessage.Objects;
import io.holdfast.replication.crdt.CrdtMessage.Part;
import io.holdfast.replication.crdt.CrdtMessage.Piece;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a {@link CrdtMessage}: {@code [version u8][type u8][run u64]} and its fields. Decoding takes bytes of any origin. */
final class CrdtMessageCodec {
    /** What a message takes at most around its content. */
    static final int OVERHEAD = 64;

    /** What a digest takes at most. */
    static final int DIGEST = ObjectId.MAX_NAME + 12;

    /** Of parts in one transfer. */
    static final int MAX_PARTS = 1 << 20;

    private static final int VERSION = 1;
    private static final int MAX = 1 << 24;

    private CrdtMessageCodec() {}

    static byte[] encode(CrdtMessage message) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        if (message instanceof Ack ack) {
            out.u8(1);
            out.fixed64(ack.run());
            out.number(ack.transfer());
            out.number(ack.numbers().size());
            ack.numbers().forEach(out::number);
            out.number(ack.wanted().size());
            ack.wanted().forEach(id -> DeltaCodec.writeId(id, out));
        } else if (message instanceof Part part) {
            write(part, out);
        }
        return out.bytes();
    }

    private static void write(Part part, WireWriter out) {
        Content content = part.content();
        out.u8(content instanceof Digests ? 2 : content instanceof Objects ? 3 : 4);
        out.fixed64(part.run());
        out.fixed64(part.target());
        out.number(part.transfer());
        out.number(part.number());
        if (content instanceof Digests digests) {
            out.number(digests.digests().size());
            digests.digests().forEach(digest -> {
                DeltaCodec.writeId(digest.id(), out);
                out.fixed64(digest.value());
            });
        } else if (content instanceof Objects objects) {
            out.number(objects.objects().size());
            objects.objects().forEach(out::bytes);
        } else if (content instanceof Piece piece) {
            out.number(piece.first());
            out.number(piece.count());
            out.bytes(piece.bytes());
        }
    }

    static CrdtMessage decode(byte[] bytes) {
        WireReader in = new WireReader("CRDT message", bytes);
        in.version("a CRDT message", VERSION);
        int type = in.u8("type");
        long run = in.fixed64("run");
        CrdtMessage message;
        if (type == 1) {
            message = new Ack(run, in.number("transfer"), numbers(in), ids(in));
        } else {
            long target = in.fixed64("target");
            long transfer = in.number("transfer");
            int number = in.number("part", MAX_PARTS);
            message = new Part(run, target, transfer, number, content(type, in));
        }
        in.end();
        return message;
    }

    private static Content content(int type, WireReader in) {
        return switch (type) {
            case 2 -> new Digests(digests(in));
            case 3 -> new Objects(objects(in));
            case 4 -> new Piece(in.number("first", MAX_PARTS), in.number("count", MAX_PARTS), in.bytes("piece", MAX));
            default -> throw in.broken("type (" + type + ") must be 1 to 4");
        };
    }

    private static List<Integer> numbers(WireReader in) {
        List<Integer> numbers = new ArrayList<>();
        for (int left = in.count("parts", MAX_PARTS); left > 0; left--) {
            numbers.add(in.number("part", MAX_PARTS));
        }
        return numbers;
    }

    private static List<ObjectId> ids(WireReader in) {
        List<ObjectId> ids = new ArrayList<>();
        for (int left = in.count("objects", MAX); left > 0; left--) {
            ids.add(DeltaCodec.readId(in));
        }
        return ids;
    }

    private static List<Digest> digests(WireReader in) {
        List<Digest> digests = new ArrayList<>();
        for (int left = in.count("digests", MAX); left > 0; left--) {
            digests.add(new Digest(DeltaCodec.readId(in), in.fixed64("digest")));
        }
        return digests;
    }

    private static List<byte[]> objects(WireReader in) {
        List<byte[]> objects = new ArrayList<>();
        for (int left = in.count("objects", MAX); left > 0; left--) {
            objects.add(in.bytes("object", MAX));
        }
        return objects;
    }
}
