package io.holdfast.consensus.primitive;

import io.holdfast.consensus.primitive.JournalRows.Counts;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.cluster.JournalRules;
import java.util.Arrays;

/** What becomes of the consumers of a journal. */
final class JournalConsumers {
    private JournalConsumers() {}

    private static byte[] name(ByteReader in) {
        return in.bytes(JournalRules.MAX_NAME_BYTES);
    }

    static void claim(StateContext state, ByteReader in, ByteWriter answer) {
        byte[] consumer = name(in);
        byte[] owner = name(in);
        in.end();
        byte[] row = JournalRows.key(JournalRows.CONSUMER, consumer);
        byte[] before = state.get(row);
        if (before == null) {
            Counts counts = JournalRows.counts(state);
            if (counts.consumers() >= JournalRules.MAX_CONSUMERS) {
                return;
            }
            JournalRows.put(state, new Counts(counts.fences(), counts.consumers() + 1));
        }
        long next = before == null ? 0 : JournalConsumer.decode(before).next();
        byte[] claimed = new JournalConsumer(state.nextToken(), next, owner).encode();
        state.put(row, claimed);
        answer.raw(claimed);
    }

    static boolean commit(StateContext state, ByteReader in) {
        byte[] consumer = name(in);
        long epoch = in.varlong(Long.MAX_VALUE);
        long next = in.varlong(Long.MAX_VALUE);
        in.end();
        byte[] row = JournalRows.key(JournalRows.CONSUMER, consumer);
        byte[] bytes = state.get(row);
        JournalConsumer before = bytes == null ? null : JournalConsumer.decode(bytes);
        if (before == null || before.epoch() != epoch) {
            return false;
        }
        long reached = Math.min(next, JournalRows.meta(state).next());
        if (reached > before.next()) {
            state.put(row, new JournalConsumer(epoch, reached, before.owner()).encode());
        }
        return true;
    }

    static boolean release(StateContext state, ByteReader in) {
        byte[] consumer = name(in);
        long epoch = in.varlong(Long.MAX_VALUE);
        in.end();
        byte[] row = JournalRows.key(JournalRows.CONSUMER, consumer);
        byte[] bytes = state.get(row);
        JournalConsumer before = bytes == null ? null : JournalConsumer.decode(bytes);
        if (before == null || before.epoch() != epoch) {
            return false;
        }
        state.put(row, new JournalConsumer(state.nextToken(), before.next(), new byte[0]).encode());
        return true;
    }

    static boolean forget(StateContext state, ByteReader in) {
        byte[] consumer = name(in);
        in.end();
        boolean known = state.remove(JournalRows.key(JournalRows.CONSUMER, consumer));
        if (known) {
            Counts counts = JournalRows.counts(state);
            JournalRows.put(state, new Counts(counts.fences(), counts.consumers() - 1));
        }
        return known;
    }

    static void all(StateView state, ByteWriter answer) {
        answer.varlong(JournalRows.counts(state).consumers());
        state.scan(new byte[] {JournalRows.CONSUMER}, new byte[] {JournalRows.CONSUMER + 1}, row -> {
            byte[] key = row.key();
            answer.bytes(Arrays.copyOfRange(key, 1, key.length)).bytes(row.value());
            return true;
        });
    }
}
