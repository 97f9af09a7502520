package io.holdfast.consensus.primitive;

import io.holdfast.consensus.primitive.JournalAppend.Condition;
import io.holdfast.consensus.primitive.JournalAppend.Entry;
import io.holdfast.consensus.primitive.JournalAppend.Result;
import io.holdfast.consensus.primitive.JournalRows.Counts;
import io.holdfast.consensus.primitive.JournalRows.Meta;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView.Row;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.JournalSettings;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One append to a journal: looks whether it may, makes room, and does it. */
final class JournalAppender {
    private static final byte[] NOTHING = {};

    private final StateContext state;
    private final JournalAppend append;
    private final JournalSettings settings;
    private Meta meta;
    /** So many more records may be removed: what is beyond waits for the next append. */
    private int budget = JournalRules.MAX_TRIM;

    JournalAppender(StateContext state, JournalAppend append) {
        this.state = state;
        this.append = append;
        this.settings = JournalRows.settings(state);
        this.meta = JournalRows.meta(state);
    }

    Result run() {
        Result refused = refusal();
        if (refused != null) {
            return refused;
        }
        raiseFences();
        long first = append.entries().isEmpty() ? 0 : meta.next();
        for (Entry entry : append.entries()) {
            add(entry);
        }
        makeRoom();
        JournalRows.put(state, meta);
        if (first > 0) {
            if (!settings.maxAge().isZero() && state.deadline(JournalRows.META).isEmpty()) {
                JournalRows.ageLater(state, settings);
            }
            state.emit(JournalType.EVENT_APPENDED, NOTHING, NOTHING);
        }
        return new Result(0, first, 0);
    }

    private @Nullable Result refusal() {
        Set<byte[]> fences = new TreeSet<>(Arrays::compareUnsigned);
        for (Condition condition : append.conditions()) {
            boolean fence = condition.kind() == Condition.FENCE;
            byte[] row = JournalRows.key(fence ? JournalRows.FENCE : JournalRows.LAST, condition.name());
            long found = JournalRows.number(state, row);
            if (fence && found > condition.number()) {
                return new Result(Result.FENCED, 0, found);
            }
            if (!fence && found != condition.number()) {
                return new Result(Result.CONFLICT, 0, found);
            }
            if (fence && found == 0) {
                fences.add(row);
            }
        }
        boolean remembers =
                fences.isEmpty() || JournalRows.counts(state).fences() + fences.size() <= JournalRules.MAX_FENCES;
        return remembers && (settings.dropsOldest() || fits()) ? null : new Result(Result.FULL, 0, 0);
    }

    /** Whether all has room when the records that it replaces are gone. */
    private boolean fits() {
        long bytes = meta.bytes() + append.size();
        long records = meta.records() + append.entries().size();
        if (settings.compacts()) {
            Map<byte[], Integer> last = new TreeMap<>(Arrays::compareUnsigned);
            for (Entry entry : append.entries()) {
                if (entry.key().length > 0) {
                    Integer before = last.put(entry.key(), entry.cost());
                    int replaced = before == null ? costOfLast(entry.key()) : before;
                    bytes -= replaced;
                    records -= replaced > 0 ? 1 : 0;
                }
            }
        }
        return append.entries().isEmpty() || (bytes <= settings.maxBytes() && records <= settings.maxRecords());
    }

    private int costOfLast(byte[] key) {
        JournalRecord last = JournalRows.find(state, lastOf(key));
        return last == null ? 0 : last.cost();
    }

    private long lastOf(byte[] key) {
        return JournalRows.number(state, JournalRows.key(JournalRows.LAST, key));
    }

    private void raiseFences() {
        int added = 0;
        for (Condition condition : append.conditions()) {
            if (condition.kind() == Condition.FENCE) {
                byte[] row = JournalRows.key(JournalRows.FENCE, condition.name());
                long stands = JournalRows.number(state, row);
                added += stands == 0 ? 1 : 0;
                if (stands < condition.number()) {
                    state.put(row, JournalRows.number(condition.number()));
                }
            }
        }
        if (added > 0) {
            Counts counts = JournalRows.counts(state);
            JournalRows.put(state, new Counts(counts.fences() + added, counts.consumers()));
        }
    }

    private void add(Entry entry) {
        long previous = entry.key().length == 0 ? 0 : lastOf(entry.key());
        if (settings.compacts()) {
            previous = compact(previous);
        }
        JournalRecord record = new JournalRecord(state.logNanos(), previous, entry.key(), entry.value());
        if (settings.compacts() && record.isTombstone()) {
            long due = state.logNanos() + settings.tombstones().toNanos();
            state.setDeadline(JournalRows.record(meta.next()), due);
        }
        meta = JournalRows.add(state, meta, record);
    }

    /** Removes a key's chain from its newest record on; returns what is left of it. */
    private long compact(long newest) {
        long offset = newest;
        JournalRecord record = JournalRows.find(state, offset);
        while (record != null && budget > 0) {
            budget--;
            meta = JournalRows.remove(state, meta, offset, record);
            offset = record.previous();
            record = JournalRows.find(state, offset);
        }
        return record == null ? 0 : offset;
    }

    /** Only what drops its oldest is ever beyond its bounds, or what was given smaller ones. */
    private void makeRoom() {
        while (settings.dropsOldest()
                && budget > 0
                && (meta.bytes() > settings.maxBytes() || meta.records() > settings.maxRecords())) {
            Row oldest = JournalRows.oldest(state);
            if (oldest == null) {
                return;
            }
            budget--;
            meta = JournalRows.remove(
                    state, meta, JournalRows.offset(oldest.key()), JournalRecord.decode(oldest.value()));
        }
    }
}
