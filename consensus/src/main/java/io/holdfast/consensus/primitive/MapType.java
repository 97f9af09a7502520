package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.Refusal;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.CodecException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The replicated map: a row a key, the value a {@link MapEntry}. */
public final class MapType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 1;

    /** The event of a key that was set; its payload is the {@link MapEntry}. */
    public static final int EVENT_PUT = 1;

    /** The event of a key that was removed. */
    public static final int EVENT_REMOVED = 2;

    /** The event of a key that was removed because its time or its session has ended. */
    public static final int EVENT_EXPIRED = 3;

    private static final int WRITE = 1;
    private static final int TRANSACT = 2;
    private static final int GET = 3;
    private static final int RANGE = 4;
    private static final int SIZE = 5;
    private static final int MAX_LOOKED_THROUGH = 100;
    private static final byte[] NOTHING = {};

    /**
     * The operation that changes a key if a condition holds; answered by a {@link MapChange.Outcome}.
     *
     * @param condition the condition
     * @param change the change
     * @return the operation
     */
    public static byte[] write(MapCondition condition, MapChange change) {
        ByteWriter out = begin(WRITE, change.key().length + change.value().length + 32);
        condition.encode(out);
        change.encode(out);
        return out.toBytes();
    }

    /**
     * The operation of a transaction; answered by a {@link MapTransaction.Outcome}.
     *
     * @param transaction the transaction
     * @return the operation
     */
    public static byte[] transact(MapTransaction transaction) {
        ByteWriter out = begin(TRANSACT, 256);
        transaction.encode(out);
        return out.toBytes();
    }

    /**
     * The question for a key; answered by a {@link MapChange.Outcome} whose {@code existing} is the entry.
     *
     * @param key the key
     * @return the question
     */
    public static byte[] get(byte[] key) {
        return begin(GET, key.length + 8).bytes(key).toBytes();
    }

    /**
     * The question for entries in order; answered by a {@link MapPage}.
     *
     * @param from the first key
     * @param to the key before which to end, or null
     * @param limit how many at most
     * @return the question
     */
    public static byte[] range(byte[] from, byte @Nullable [] to, int limit) {
        ByteWriter out = begin(RANGE, 32).bytes(from).bool(to != null);
        if (to != null) {
            out.bytes(to);
        }
        return out.varlong(limit).toBytes();
    }

    /**
     * The question for the number of keys; answered by a varint.
     *
     * @return the question
     */
    public static byte[] size() {
        return begin(SIZE, 2).toBytes();
    }

    private static ByteWriter begin(int opcode, int expected) {
        return new ByteWriter(expected).u8(opcode).u8(1);
    }

    /** The type; it keeps nothing of its own. */
    public MapType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "map", 1, SIZE);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        switch (operation.opcode()) {
            case WRITE -> {
                MapCondition condition = MapCondition.decode(in);
                MapChange change = MapChange.decode(in);
                in.end();
                write(state, condition, change).encode(answer);
            }
            case TRANSACT -> {
                MapTransaction transaction = MapTransaction.decode(in);
                in.end();
                transact(state, transaction, answer);
            }
            default -> throw new Refusal("map operation " + operation.opcode() + " does not change anything; ask it");
        }
    }

    private static @Nullable MapEntry entry(StateView state, byte[] key) {
        byte[] row = state.get(key);
        return row == null ? null : MapEntry.decode(row);
    }

    private static MapChange.Outcome write(StateContext state, MapCondition condition, MapChange change) {
        MapEntry existing = entry(state, change.key());
        if (!condition.holds(existing)) {
            return new MapChange.Outcome(false, 0, existing);
        }
        return switch (change.kind()) {
            case PUT -> put(state, change, existing);
            case REMOVE -> {
                if (existing != null) {
                    remove(state, change.key(), existing, EVENT_REMOVED);
                }
                yield new MapChange.Outcome(existing != null, 0, existing);
            }
            case READ -> new MapChange.Outcome(true, 0, existing);
        };
    }

    private static MapChange.Outcome put(StateContext state, MapChange change, @Nullable MapEntry existing) {
        boolean expires = change.ttlNanos() > 0;
        long owner = change.ephemeral() ? state.session() : 0;
        MapEntry entry = new MapEntry(
                existing == null ? state.revision() : existing.created(),
                state.revision(),
                existing == null ? 1 : existing.version() + 1,
                expires,
                owner,
                change.value());
        byte[] row = entry.encode();
        state.put(change.key(), row);
        if (expires) {
            state.setDeadline(change.key(), Math.addExact(state.logNanos(), change.ttlNanos()));
        } else if (existing != null && existing.expires()) {
            state.clearDeadline(change.key());
        }
        if (owner != 0) {
            state.holdSession(owner);
        }
        if (existing != null && existing.owner() != owner) {
            releaseIfLast(state, existing.owner());
        }
        state.emit(EVENT_PUT, change.key(), row);
        return new MapChange.Outcome(true, entry.version(), null);
    }

    private static void remove(StateContext state, byte[] key, MapEntry existing, int event) {
        state.remove(key);
        if (existing.expires()) {
            state.clearDeadline(key);
        }
        releaseIfLast(state, existing.owner());
        state.emit(event, key, NOTHING);
    }

    /**
     * A map that comes and goes with its ephemeral keys must leave nothing with a session that lives on. Only a small map is looked through; what a large one leaves, it leaves once.
     */
    private static void releaseIfLast(StateContext state, long owner) {
        if (owner == 0 || state.size() > MAX_LOOKED_THROUGH) {
            return;
        }
        boolean[] others = {false};
        state.scan(NOTHING, null, row -> {
            others[0] = MapEntry.owner(row.value()) == owner;
            return !others[0];
        });
        if (!others[0]) {
            state.releaseSession(owner);
        }
    }

    /** Stops at the step whose answer is too much: thousands that read large values would fill the memory of every replica. */
    private static void transact(StateContext state, MapTransaction transaction, ByteWriter answer) {
        boolean holds = true;
        for (MapTransaction.Compare compare : transaction.conditions()) {
            holds &= compare.condition().holds(entry(state.sibling(compare.map()), compare.key()));
        }
        List<MapTransaction.Step> steps = holds ? transaction.then() : transaction.otherwise();
        MapTransaction.Outcome.begin(answer, holds, steps.size());
        for (MapTransaction.Step step : steps) {
            write(state.sibling(step.map()), MapCondition.ALWAYS, step.change()).encode(answer);
            if (answer.length() > StateLimits.MAX_ANSWER) {
                throw new Refusal("the values that this transaction reads and removes must have at most "
                        + StateLimits.MAX_ANSWER + " bytes together; divide it");
            }
        }
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        switch (operation.opcode()) {
            case GET -> {
                byte[] key = in.bytes(StateLimits.MAX_KEY);
                in.end();
                new MapChange.Outcome(true, 0, entry(state, key)).encode(answer);
            }
            case RANGE -> range(state, in).encode(answer);
            case SIZE -> answer.varlong(state.size());
            default -> throw new CodecException("map operation " + operation.opcode() + " is not a question; do it");
        }
    }

    private static MapPage range(StateView state, ByteReader in) {
        byte[] from = in.bytes(StateLimits.MAX_KEY + 1);
        byte[] to = in.bool() ? in.bytes(StateLimits.MAX_KEY + 1) : null;
        int limit = in.varint(MapPage.MAX_ROWS);
        in.end();
        List<MapPage.Row> rows = new ArrayList<>();
        int[] bytes = {0};
        boolean[] more = {false};
        state.scan(from, to, row -> {
            more[0] = rows.size() >= limit || bytes[0] >= MapPage.MAX_BYTES;
            if (!more[0]) {
                rows.add(new MapPage.Row(row.key(), MapEntry.decode(row.value())));
                bytes[0] += row.key().length + row.value().length;
            }
            return !more[0];
        });
        return new MapPage(rows, more[0]);
    }

    @Override
    public void onDeadline(StateContext state, byte[] key) {
        MapEntry entry = entry(state, key);
        if (entry != null && entry.expires()) {
            remove(state, key, entry, EVENT_EXPIRED);
        }
    }

    /** Looks at every key: what is put to end with a session should stand in a map of its own. */
    @Override
    public void onSessionClosed(StateContext state, long session) {
        List<StateView.Row> gone = new ArrayList<>();
        state.scan(NOTHING, null, row -> {
            if (MapEntry.owner(row.value()) == session) {
                gone.add(row);
            }
            return true;
        });
        gone.forEach(row -> remove(state, row.key(), MapEntry.decode(row.value()), EVENT_EXPIRED));
    }
}
