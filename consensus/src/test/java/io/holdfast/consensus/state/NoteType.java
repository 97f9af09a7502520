package io.holdfast.consensus.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A small primitive that uses all that the state offers: rows of text, deadlines, holds, tokens, events; and one that fails after it has changed something. */
class NoteType implements PrimitiveType {
    static final int ID = 200;
    static final int SET = 1;
    static final int FAIL = 2;
    static final int REFUSE = 3;
    static final int LAST = 4;
    static final int APPEND = 4;

    static byte[] set(String key, String value) {
        return set(key, value, 0, false);
    }

    static byte[] set(String key, String value, long ttlNanos, boolean held) {
        return new ByteWriter()
                .u8(SET)
                .u8(1)
                .text(key)
                .text(value)
                .varlong(ttlNanos)
                .bool(held)
                .toBytes();
    }

    /** Adds to a value, so that doing it twice shows. */
    static byte[] append(String key, String more) {
        return new ByteWriter().u8(APPEND).u8(1).text(key).text(more).toBytes();
    }

    static byte[] failing(int opcode, String key) {
        return new ByteWriter().u8(opcode).u8(1).text(key).toBytes();
    }

    static byte[] get(String key) {
        return new ByteWriter().u8(SET).u8(1).text(key).toBytes();
    }

    @Override
    public Traits traits() {
        return new Traits(ID, "note", 1, LAST);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        byte[] key = utf8(operation.payload().text(100));
        switch (operation.opcode()) {
            case SET -> set(state, key, operation.payload());
            case APPEND -> {
                byte[] old = state.get(key);
                String text = (old == null ? "" : new String(old, StandardCharsets.UTF_8))
                        + operation.payload().text(StateLimits.MAX_ANSWER);
                state.put(key, utf8(text));
                answer.raw(utf8(text));
            }
            default -> spoil(state, key, operation.opcode() == REFUSE);
        }
        if (operation.opcode() == SET) {
            answer.varlong(state.nextToken());
        }
    }

    private static void set(StateContext state, byte[] key, ByteReader in) {
        byte[] value = utf8(in.text(1000));
        long ttl = in.varlong(Long.MAX_VALUE);
        if (value.length == 0) {
            state.remove(key);
            state.clearDeadline(key);
        } else {
            state.put(key, value);
        }
        if (ttl > 0) {
            state.setDeadline(key, state.logNanos() + ttl);
        }
        if (in.bool()) {
            state.put(key, utf8("s" + state.session()));
            state.holdSession(state.session());
        }
        state.emit(1, key, value);
    }

    private static void spoil(StateContext state, byte[] key, boolean refuse) {
        state.put(key, utf8("spoilt"));
        state.sibling("other").put(key, utf8("spoilt"));
        state.nextToken();
        state.setDeadline(key, state.logNanos());
        state.holdSession(state.session());
        state.emit(9, key, key);
        if (refuse) {
            throw new Refusal("no");
        }
        throw new IllegalStateException("unlucky");
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        byte[] value = state.get(utf8(operation.payload().text(100)));
        answer.raw(value == null ? new byte[0] : value);
    }

    @Override
    public void onDeadline(StateContext state, byte[] key) {
        state.remove(key);
        state.emit(2, key, key);
    }

    @Override
    public void onSessionClosed(StateContext state, long session) {
        List<byte[]> gone = new ArrayList<>();
        state.scan(new byte[0], null, row -> {
            if (new String(row.value(), StandardCharsets.UTF_8).equals("s" + session)) {
                gone.add(row.key());
            }
            return true;
        });
        gone.forEach(state::remove);
    }
}
