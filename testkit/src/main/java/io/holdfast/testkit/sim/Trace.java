package io.holdfast.testkit.sim;

import io.holdfast.core.DurationText;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** What happened, as one number that grows with each event, and the last events in full for the message of a failure. */
final class Trace {
    /** What can happen to a node. The order is part of the hash. */
    enum Kind {
        START,
        REQUEST,
        MESSAGE,
        TIMER,
        TASK,
        PUBLISH,
        PERSIST,
        KILL,
        PAUSE,
        RESUME
    }

    private static final int KEPT = 32;

    private final long[] times = new long[KEPT];
    private final Kind[] kinds = new Kind[KEPT];
    private final String[] nodes = new String[KEPT];
    private final @Nullable Object[] payloads = new @Nullable Object[KEPT];
    private final @Nullable Consumer<String> verbose;
    private long count;
    private long hash;

    Trace(@Nullable Consumer<String> verbose) {
        this.verbose = verbose;
        Arrays.fill(kinds, Kind.START);
        Arrays.fill(nodes, "");
    }

    void record(long at, Kind kind, String node, int from, @Nullable Object payload) {
        int slot = (int) (count++ % KEPT);
        times[slot] = at;
        kinds[slot] = kind;
        nodes[slot] = node;
        payloads[slot] = payload;
        long what = ((long) from << 40) ^ ((long) kind.ordinal() << 32) ^ (digest(payload) & 0xffffffffL);
        hash = Seeds.mix(hash ^ at) + Seeds.mix(what ^ ((long) node.hashCode() << 8));
        if (verbose != null) {
            verbose.accept(line(slot));
        }
    }

    /** Names of classes and contents of arrays are the same in every JVM; hash codes of objects are not. */
    private static int digest(@Nullable Object payload) {
        if (payload == null) {
            return 0;
        }
        if (payload instanceof byte[] bytes) {
            return Arrays.hashCode(bytes);
        }
        Class<?> type = payload.getClass();
        return type.isHidden() ? 1 : type.getName().hashCode();
    }

    long hash() {
        return hash;
    }

    /** The last events, oldest first. */
    List<String> last() {
        int kept = (int) Math.min(count, KEPT);
        return LongStream.range(count - kept, count)
                .mapToObj(i -> line((int) (i % KEPT)))
                .toList();
    }

    private String line(int slot) {
        Object payload = payloads[slot];
        String text = payload instanceof byte[] bytes ? bytes.length + " bytes" : String.valueOf(payload);
        return DurationText.of(Duration.ofNanos(times[slot])) + " " + nodes[slot] + " " + kinds[slot]
                + (payload == null ? "" : " " + (text.length() <= 200 ? text : text.substring(0, 200) + "..."));
    }
}
