package io.holdfast.replication.quorum;

import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.Sibling;
import io.holdfast.replication.version.Versions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges what clients see. Values are unique. For rows with siblings: what was acknowledged is there until somebody who had read it wrote again, and then never more. For rows of which the latest wins: nobody reads what
 * was overwritten before the read began. What was refused is never seen.
 */
final class QuorumJudge {
    enum Kind {
        PUT,
        REMOVE,
        GET
    }

    static final class Op {
        final Kind kind;
        final String key;
        final @Nullable String value;
        final Set<String> known;
        final long began;
        final boolean latest;
        final boolean repairs;
        final long newestBefore;
        long ended = Long.MAX_VALUE;
        boolean acknowledged;
        boolean refused;
        String why = "";

        Op(
                Kind kind,
                String key,
                @Nullable String value,
                Set<String> known,
                long began,
                boolean latest,
                boolean repairs,
                long newestBefore) {
            this.kind = kind;
            this.key = key;
            this.value = value;
            this.known = known;
            this.began = began;
            this.latest = latest;
            this.repairs = repairs;
            this.newestBefore = newestBefore;
        }

        boolean before(Op other) {
            return acknowledged && ended < other.began;
        }

        @Override
        public String toString() {
            return kind + " " + key + (value == null ? "" : " " + value) + " knowing " + known + " from "
                    + began / 1_000_000
                    + " ms to " + (ended == Long.MAX_VALUE ? "?" : ended / 1_000_000 + " ms")
                    + (acknowledged ? "" : refused ? ", refused" : ", unknown: " + why);
        }
    }

    /** What a client knows of a row. */
    record Seen(CausalContext context, Set<String> values) {
        static final Seen NOTHING = new Seen(CausalContext.EMPTY, Set.of());
    }

    /** Whether writes of one row meet each other, so that the later one is the later one whatever the clocks say: 2 W > N. */
    private final boolean writesMeet;

    private final Map<String, List<Op>> changes = new HashMap<>();
    private final Map<String, Op> puts = new HashMap<>();
    private final Map<String, Long> newest = new HashMap<>();
    long acknowledged;
    long unknown;
    long refused;
    long reads;
    long siblings;

    QuorumJudge(boolean writesMeet) {
        this.writesMeet = writesMeet;
    }

    Op begin(Kind kind, String key, @Nullable String value, Seen seen, long now, boolean latest, boolean repairs) {
        Op op = new Op(kind, key, value, seen.values(), now, latest, repairs, newest.getOrDefault(key, 0L));
        if (kind != Kind.GET) {
            changes.computeIfAbsent(key, each -> new ArrayList<>()).add(op);
        }
        if (value != null) {
            puts.put(value, op);
        }
        return op;
    }

    void written(Op op, long now) {
        op.ended = now;
        op.acknowledged = true;
        acknowledged++;
    }

    void failed(Op op, QuorumResult.Failed failed, long now) {
        QuorumResult.Failed.Kind kind = failed.kind();
        op.ended = now;
        op.why = failed.message();
        if (op.kind != Kind.GET) {
            op.refused = kind != QuorumResult.Failed.Kind.UNKNOWN;
            if (op.refused) {
                refused++;
            } else {
                unknown++;
            }
        }
    }

    Seen read(Op op, Versions row, long now) {
        op.ended = now;
        reads++;
        Set<String> values = new HashSet<>();
        long time = 0;
        for (Sibling sibling : row.siblings()) {
            byte[] value = sibling.value();
            time = Math.max(time, sibling.time());
            if (value != null) {
                values.add(new String(value, StandardCharsets.UTF_8));
            }
        }
        siblings = Math.max(siblings, values.size());
        for (String value : values) {
            Op put = puts.get(value);
            check(put != null && !put.refused, op, values, "was never written", put);
        }
        if (op.latest) {
            latest(op, values, time);
        } else {
            siblings(op, values);
        }
        return new Seen(row.context(), values);
    }

    private void siblings(Op op, Set<String> values) {
        List<Op> all = changes.getOrDefault(op.key, List.of());
        for (Op change : all) {
            if (!change.before(op)) {
                continue;
            }
            for (String gone : change.known) {
                check(!values.contains(gone), op, values, gone + " came back", change);
            }
            String value = change.value;
            if (value != null && !values.contains(value)) {
                boolean replaced = all.stream().anyMatch(other -> !other.refused && other.known.contains(value));
                check(replaced, op, values, "lost what was acknowledged", change);
            }
        }
    }

    private void latest(Op op, Set<String> values, long time) {
        List<Op> all = changes.getOrDefault(op.key, List.of());
        check(values.size() < 2, op, values, "has siblings", null);
        Op shown = values.isEmpty() ? null : puts.get(values.iterator().next());
        for (Op change : all) {
            if (!change.before(op) || !writesMeet) {
                continue;
            }
            if (shown != null) {
                check(!shown.before(change), op, values, "is older than", change);
            } else if (change.kind == Kind.PUT) {
                boolean removed = all.stream()
                        .anyMatch(other -> other.kind == Kind.REMOVE && !other.refused && !other.before(change));
                check(removed, op, values, "lost what was acknowledged", change);
            }
        }
        if (shown != null && op.repairs) {
            check(time >= op.newestBefore, op, values, "went back behind what was read before", shown);
            newest.merge(op.key, time, Math::max);
        }
    }

    private static void check(boolean holds, Op read, Set<String> values, String flaw, @Nullable Op other) {
        if (!holds) {
            throw new AssertionError(read + " shows " + values + ": " + flaw + " " + other);
        }
    }
}
