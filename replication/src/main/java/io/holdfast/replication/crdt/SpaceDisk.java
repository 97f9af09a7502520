package io.holdfast.replication.crdt;

import io.holdfast.core.env.DurableCells;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A space in durable cells: a snapshot of all objects, and a ring of what changed since. Cells were taken instead of a file of its own because a protocol's only way to a disk is {@code Outbox.persist}, which writes
 * before anything is sent and which the simulation crashes between any two cells.
 *
 * <p>A save writes one record of the ring: the joined deltas of its intervals. If the ring has no room, it writes a snapshot instead, to the side that is not in use, and last the root cell that makes it the one in use. Each
 * cell has a checksum of its own; the root has one over the whole snapshot.
 *
 * <p>A root whose writing has failed may be there all the same, and one that was found at the start may not outlive a power failure: its rename was done, its directory not synced. Then the root that was in use is written once more
 * before a page of the other side is touched. Belongs to the protocol.
 */
final class SpaceDisk {
    /**
     * What a disk kept.
     *
     * @param actor the store
     * @param objects states and deltas, to be joined in this order
     */
    record Kept(long actor, List<DeltaCodec.Named> objects) {}

    private static final int VERSION = 1;
    private static final int PIECE = 60 * 1024;
    /** In production: a snapshot every hundred seconds at the most, if something changes in each interval of 100 ms. */
    static final int RING = 1024;

    private static final int MAX_CELLS = 1 << 20;

    private final String prefix;
    private final int ring;
    private long lastRecord;
    private long snapshotRecord;
    private int side;
    /** Slots that hold what changed since the snapshot, and the next one, as of the last save that is confirmed. */
    private int used;

    private int next;
    /** How many slots the save takes that is not confirmed yet. */
    private int taken;
    /** Whether the save that is not confirmed yet is a snapshot. */
    private boolean snapshotPending;
    /** The one in use; null if there is none yet. */
    private byte @Nullable [] root;
    /** Of the save that is not confirmed yet. */
    private byte @Nullable [] nextRoot;
    /** Whether the root in use is on disk for good. */
    private boolean rootIsCertain;

    /**
     * A disk that nothing is read from yet.
     *
     * @param prefix of the cells' names
     * @param ring how many cells hold what changed since the snapshot; the same at each start
     */
    SpaceDisk(String prefix, int ring) {
        this.prefix = prefix;
        this.ring = ring;
    }

    /** Reads what is there; empty if nothing ever was. */
    Optional<Kept> read(DurableCells cells) {
        List<DeltaCodec.Named> objects = new ArrayList<>();
        Optional<Long> actor = cells.read(prefix + "-root").map(kept -> readSnapshot(kept, cells, objects));
        Map<Long, TreeMap<Integer, Cell>> records = new TreeMap<>();
        for (int slot = 0; slot < ring; slot++) {
            cells.read(prefix + "-log-" + slot)
                    .map(Cell::of)
                    .ifPresent(cell -> records.computeIfAbsent(cell.record, any -> new TreeMap<>())
                            .put(cell.number, cell));
        }
        for (Map.Entry<Long, TreeMap<Integer, Cell>> each : records.entrySet()) {
            Cell first = each.getValue().firstEntry().getValue();
            if (each.getKey() > snapshotRecord && each.getValue().size() == first.count) {
                actor = Optional.of(first.actor);
                objects.addAll(unpack(join(each.getValue().values())));
            }
            lastRecord = Math.max(lastRecord, each.getKey());
        }
        Optional<Long> own = actor;
        actor = cells.read(prefix + "-renewed").flatMap(this::renewed).or(() -> own);
        used = ring; // which slots hold what is not asked: the first save is a snapshot
        return actor.map(store -> new Kept(store, objects));
    }

    /** The actor that {@link #renew} chose, if nothing was saved since. */
    private Optional<Long> renewed(byte[] cell) {
        WireReader in = new WireReader("renewal cell of the CRDT space", cell);
        in.version("the renewal cell of a CRDT space", VERSION);
        long record = in.number("record");
        return record == lastRecord ? Optional.of(in.fixed64("actor")) : Optional.empty();
    }

    /** Lets what was read go on as another store. */
    void renew(long actor, DurableCells cells) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.number(lastRecord);
        out.fixed64(actor);
        cells.write(prefix + "-renewed", out.bytes());
    }

    private static byte[] join(Iterable<Cell> pieces) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        pieces.forEach(piece -> whole.writeBytes(piece.content));
        return whole.toByteArray();
    }

    private long readSnapshot(byte[] kept, DurableCells cells, List<DeltaCodec.Named> objects) {
        root = kept;
        WireReader in = new WireReader("root cell of the CRDT space", kept);
        in.version("the root cell of a CRDT space", VERSION);
        side = in.number("side", 1);
        snapshotRecord = in.number("record");
        lastRecord = snapshotRecord;
        long actor = in.fixed64("actor");
        int pages = in.number("pages", MAX_CELLS);
        int checksum = in.fixed32("checksum");
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (int page = 0; page < pages; page++) {
            cells.read(page(side, page)).ifPresent(whole::writeBytes);
        }
        if (checksum(whole.toByteArray()) != checksum) {
            throw new IllegalStateException("the snapshot of the CRDT space in cells " + page(side, 0) + " to "
                    + page(side, pages)
                    + " is damaged: its checksum is wrong; restore the data directory, or remove the cells " + prefix
                    + "-* so that this node gets the state from others, as a new store");
        }
        objects.addAll(unpack(whole.toByteArray()));
        return actor;
    }

    /** Writes what changed since the last save that is confirmed, or all there is if the ring is full. One that failed leaves its room to the next. */
    void save(long actor, Map<ObjectId, Kernel> changed, Replica all, BiConsumer<String, byte[]> persist) {
        lastRecord++;
        byte[] record = pack(changed);
        int count = Math.max(1, (record.length + PIECE - 1) / PIECE);
        snapshotPending = used + count > ring;
        taken = snapshotPending ? 0 : count;
        if (snapshotPending) {
            snapshot(actor, all, persist);
            return;
        }
        for (int i = 0; i < count; i++) {
            byte[] piece = Arrays.copyOfRange(record, i * PIECE, Math.min(record.length, (i + 1) * PIECE));
            String slot = prefix + "-log-" + (next + i) % ring;
            persist.accept(slot, new Cell(lastRecord, i, count, actor, piece).bytes());
        }
    }

    private void snapshot(long actor, Replica all, BiConsumer<String, byte[]> persist) {
        if (!rootIsCertain) {
            byte[] known = root;
            persist.accept(prefix + "-root", known == null ? root(0, 0, actor, new byte[0]) : known);
        }
        rootIsCertain = false;
        WireWriter out = new WireWriter();
        all.ids().forEach(id -> all.image(id).ifPresent(image -> out.bytes(image.bytes())));
        byte[] whole = out.bytes();
        int pages = (whole.length + PIECE - 1) / PIECE;
        for (int page = 0; page < pages; page++) {
            persist.accept(
                    page(1 - side, page),
                    Arrays.copyOfRange(whole, page * PIECE, Math.min(whole.length, (page + 1) * PIECE)));
        }
        byte[] following = root(1 - side, lastRecord, actor, whole);
        nextRoot = following;
        persist.accept(prefix + "-root", following);
    }

    private static byte[] root(int side, long record, long actor, byte[] whole) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.number(side);
        out.number(record);
        out.fixed64(actor);
        out.number((whole.length + PIECE - 1) / PIECE);
        out.fixed32(checksum(whole));
        return out.bytes();
    }

    /** The last save is on disk. */
    void saved() {
        if (snapshotPending) {
            root = nextRoot;
            rootIsCertain = true;
            side = 1 - side;
            used = 0;
            snapshotPending = false;
        }
        used += taken;
        next = (next + taken) % ring;
        taken = 0;
    }

    private String page(int ofSide, int page) {
        return prefix + (ofSide == 0 ? "-a-" : "-b-") + page;
    }

    private static byte[] pack(Map<ObjectId, Kernel> objects) {
        WireWriter out = new WireWriter();
        objects.forEach((id, kernel) -> out.bytes(DeltaCodec.encode(id, kernel.copy())));
        return out.bytes();
    }

    private static List<DeltaCodec.Named> unpack(byte[] bytes) {
        List<DeltaCodec.Named> objects = new ArrayList<>();
        WireReader in = new WireReader("saved CRDTs", bytes);
        while (in.hasMore()) {
            objects.add(DeltaCodec.decode(in.bytes("object", bytes.length)));
        }
        return objects;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** A piece of a record. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Cell(long record, int number, int count, long actor, byte[] content) {
        static Cell of(byte[] cell) {
            WireReader in = new WireReader("log cell of the CRDT space", cell);
            in.version("a log cell of a CRDT space", VERSION);
            Cell read = new Cell(
                    in.number("record"),
                    in.number("piece", MAX_CELLS),
                    in.number("pieces", MAX_CELLS),
                    in.fixed64("actor"),
                    in.bytes("bytes", PIECE));
            in.end();
            return read;
        }

        byte[] bytes() {
            WireWriter out = new WireWriter();
            out.u8(VERSION);
            out.number(record);
            out.number(number);
            out.number(count);
            out.fixed64(actor);
            out.bytes(content);
            return out.bytes();
        }
    }
}
