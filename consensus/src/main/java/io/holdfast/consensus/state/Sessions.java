package io.holdfast.consensus.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The open sessions and the answers that they may still ask for again. */
final class Sessions {
    /**
     * What is known of a session. Its deadline is moved only when it comes, so that a command costs no more than this row.
     *
     * @param ttlNanos after how long without a command it ends
     * @param seenNanos the group's time of its last command
     * @param acked up to which sequence number nobody asks again
     * @param answers how many answers are kept
     * @param answerBytes and how many bytes
     * @param owner who opened it, for people
     */
    record Known(long ttlNanos, long seenNanos, long acked, int answers, long answerBytes, String owner) {
        byte[] encode() {
            return new ByteWriter(48)
                    .varlong(ttlNanos)
                    .signed(seenNanos)
                    .varlong(acked)
                    .varlong(answers)
                    .varlong(answerBytes)
                    .text(owner)
                    .toBytes();
        }

        static Known decode(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            return new Known(
                    in.varlong(),
                    in.signed(),
                    in.varlong(),
                    in.varint(Integer.MAX_VALUE),
                    in.varlong(),
                    in.text(StateLimits.MAX_NAME));
        }

        long endsNanos() {
            return seenNanos + ttlNanos;
        }

        boolean isFull() {
            return answers >= StateLimits.WINDOW || answerBytes >= StateLimits.WINDOW_BYTES;
        }
    }

    private static final int MAX_COUNTED = 1000;

    private final StateStore store;
    /** The row that was read or written last, and what stands in it: commands of one session come in a row. */
    private byte @Nullable [] lastRow;

    private @Nullable Known lastKnown;
    private final Deadlines deadlines;
    private final StateLimits limits;

    Sessions(StateStore store, Deadlines deadlines, StateLimits limits) {
        this.store = store;
        this.deadlines = deadlines;
        this.limits = limits;
    }

    @Nullable Known find(long session) {
        byte[] row = store.get(Tables.SESSIONS, Tables.key(session));
        if (row != null && row != lastRow) {
            lastKnown = Known.decode(row);
            lastRow = row;
        }
        return row == null ? null : lastKnown;
    }

    private void write(byte[] key, Known known) {
        byte[] row = known.encode();
        store.put(Tables.SESSIONS, key, row);
        lastKnown = known;
        lastRow = row;
    }

    void open(long session, long ttlNanos, String owner, long now) {
        if (store.size(Tables.SESSIONS) >= limits.sessions()) {
            throw new Refusal("the group has " + limits.sessions()
                    + " open sessions, its limit; a node needs one, close those that are not used");
        }
        Known known = new Known(ttlNanos, now, 0, 0, 0, owner);
        byte[] key = Tables.key(session);
        write(key, known);
        deadlines.set(Tables.SESSIONS, key, known.endsNanos());
    }

    /** The session was heard of; answers up to this number are not asked for again. */
    void seen(long session, Known known, long now, long acked) {
        write(Tables.key(session), hear(session, known, now, acked));
    }

    /** As {@link #seen}, but what is known now is still to be written, by {@link #remember}. */
    Known hear(long session, Known known, long now, long acked) {
        Known next = forget(session, known, Math.max(acked, known.acked));
        return new Known(
                known.ttlNanos,
                Math.max(now, known.seenNanos),
                next.acked,
                next.answers,
                next.answerBytes,
                known.owner);
    }

    /** What was acknowledged before is forgotten already. */
    private Known forget(long session, Known known, long acked) {
        int answers = known.answers;
        long bytes = known.answerBytes;
        if (answers > 0 && acked > known.acked) {
            for (byte[] key : answers(session, known.acked, acked)) {
                byte[] answer = store.get(Tables.ANSWERS, key);
                if (answer != null) {
                    store.remove(Tables.ANSWERS, key);
                    answers--;
                    bytes -= answer.length;
                }
            }
        }
        return new Known(known.ttlNanos, known.seenNanos, acked, answers, bytes, known.owner);
    }

    /** Where the answers behind one number and up to another may stand. A step within the window is taken by the keys, so that the rows need no order; a longer one, and the end of the session, by what there is. */
    private List<byte[]> answers(long session, long behind, long last) {
        List<byte[]> keys = new ArrayList<>();
        if (last - behind <= StateLimits.WINDOW) {
            for (long sequence = behind + 1; sequence <= last; sequence++) {
                keys.add(Tables.key(session, sequence));
            }
        } else {
            byte[] end = last == Long.MAX_VALUE ? Tables.key(session + 1, 0) : Tables.key(session, last + 1);
            store.scan(Tables.ANSWERS, Tables.key(session, 0), end, row -> keys.add(row.key()));
        }
        return keys;
    }

    byte @Nullable [] answer(long session, long sequence) {
        return store.get(Tables.ANSWERS, Tables.key(session, sequence));
    }

    void remember(long session, Known known, long sequence, byte[] answer) {
        store.put(Tables.ANSWERS, Tables.key(session, sequence), answer);
        Known next = new Known(
                known.ttlNanos,
                known.seenNanos,
                known.acked,
                known.answers + 1,
                known.answerBytes + answer.length,
                known.owner);
        write(Tables.key(session), next);
    }

    void hold(long session, long resource) {
        byte[] key = Tables.key(session, resource);
        if (store.get(Tables.HOLDS, key) == null) {
            store.put(Tables.HOLDS, key, Tables.NOTHING);
        }
    }

    void release(long session, long resource) {
        store.remove(Tables.HOLDS, Tables.key(session, resource));
    }

    /** What is done with a session; returns whether to go on. */
    interface Visitor {
        boolean visit(long session, Known known);
    }

    /** The sessions behind one, by their ids; returns whether the visitor has ended it before the last. */
    boolean list(long after, Visitor visitor) {
        boolean[] ended = {false};
        store.scan(Tables.SESSIONS, Tables.key(after + 1), null, row -> {
            ended[0] = !visitor.visit(new ByteReader(row.key()).fixed64(), Known.decode(row.value()));
            return !ended[0];
        });
        return ended[0];
    }

    /** Of how many resources a session holds something; counts up to a thousand. */
    int holding(long session) {
        int[] count = {0};
        store.scan(Tables.HOLDS, Tables.key(session, 0), Tables.key(session + 1, 0), row -> ++count[0] < MAX_COUNTED);
        return count[0];
    }

    /** Ends a session and says which resources want to know. */
    List<Long> close(long session, Known known) {
        forget(session, known, Long.MAX_VALUE);
        byte[] key = Tables.key(session);
        store.remove(Tables.SESSIONS, key);
        deadlines.clear(Tables.SESSIONS, key);
        List<Long> holding = new ArrayList<>();
        store.scan(Tables.HOLDS, Tables.key(session, 0), Tables.key(session + 1, 0), row -> {
            ByteReader in = new ByteReader(row.key());
            in.fixed64();
            holding.add(in.fixed64());
            return true;
        });
        holding.forEach(resource -> release(session, resource));
        return holding;
    }
}
