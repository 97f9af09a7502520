package io.holdfast.replication.crdt;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * The bytes of an object's state or delta: {@code [version u8][kind u8][name]}, the rows of the context, the entries in the order of their dots. Equal states have equal bytes. Decoding takes bytes of any origin.
 */
final class DeltaCodec {
    /**
     * A state or delta, and whose.
     *
     * @param id the object
     * @param delta its state, or a part of it
     */
    record Named(ObjectId id, Delta delta) {}

    private static final int VERSION = 1;
    private static final int MAX = 1 << 30;

    private DeltaCodec() {}

    static byte[] encode(ObjectId id, Delta delta) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        writeId(id, out);
        Map<Long, Integer> rows = new HashMap<>();
        out.number(delta.seen().rows().size());
        delta.seen().each((ranges, actor) -> {
            rows.put(actor, rows.size());
            out.fixed64(actor);
            out.number(ranges.size());
            for (int i = 0; i < ranges.size(); i++) {
                out.number(ranges.from(i));
                out.number(ranges.to(i) - ranges.from(i));
            }
        });
        out.number(delta.entries().size());
        delta.entries().values().forEach(entry -> {
            out.number(Objects.requireNonNull(rows.get(entry.dot().actor()), "a dot without a row"));
            out.number(entry.dot().number());
            out.bytes(entry.path().bytes());
            out.bytes(entry.value());
        });
        return out.bytes();
    }

    static void writeId(ObjectId id, WireWriter out) {
        out.u8(id.kind().ordinal());
        out.text(id.name());
    }

    static ObjectId readId(WireReader in) {
        int kind = in.u8("kind of object");
        if (kind >= Kind.COUNT) {
            throw in.broken("kind of object (" + kind + ") must be less than " + Kind.COUNT);
        }
        String name = in.text("name of object", ObjectId.MAX_NAME);
        if (name.isEmpty()) {
            throw in.broken("name of object is empty");
        }
        return new ObjectId(Kind.of(kind), name);
    }

    static Named decode(byte[] bytes) {
        WireReader in = new WireReader("CRDT state", bytes);
        in.version("a CRDT state", VERSION);
        ObjectId id = readId(in);
        List<Long> actors = new ArrayList<>();
        CausalContext seen = new CausalContext();
        for (int left = in.count("rows", MAX); left > 0; left--) {
            actors.add(readRow(in, seen));
        }
        NavigableMap<Dot, Entry> entries = new TreeMap<>();
        for (int left = in.count("entries", MAX); left > 0; left--) {
            Entry entry = readEntry(in, id.kind(), actors);
            if (!seen.contains(entry.dot()) || entries.put(entry.dot(), entry) != null) {
                throw in.broken("dot " + entry.dot() + " of an entry is unseen or comes twice");
            }
        }
        in.end();
        return new Named(id, new Delta(entries, seen));
    }

    private static long readRow(WireReader in, CausalContext seen) {
        long actor = in.fixed64("actor");
        if (!seen.of(actor).isEmpty()) {
            throw in.broken("actor " + actor + " comes twice");
        }
        long last = 0;
        LongStream.Builder bounds = LongStream.builder(); // joined once: one by one the work would be quadratic
        for (int left = in.count("ranges", MAX); left > 0; left--) {
            long from = in.number("from");
            long more = in.number("length");
            if (from <= last || more > Long.MAX_VALUE - 1 - from) {
                throw in.broken("range from " + from + " must begin after " + last + " and end before 2^63");
            }
            last = from + more;
            bounds.add(from).add(last);
        }
        DotRanges ranges = DotRanges.ofOrdered(bounds.build().toArray());
        if (!ranges.isEmpty()) {
            seen.add(actor, ranges);
        }
        return actor;
    }

    private static Entry readEntry(WireReader in, Kind kind, List<Long> actors) {
        int row = in.number("row", Integer.MAX_VALUE);
        if (row >= actors.size()) {
            throw in.broken("row (" + row + ") must be less than " + actors.size());
        }
        Dot dot = new Dot(actors.get(row), in.number("dot"));
        Path path = Path.of(in.bytes("path", MAX));
        byte[] value = in.bytes("value", MAX);
        Shape.check(kind, path, value);
        return new Entry(dot, path, value);
    }
}
