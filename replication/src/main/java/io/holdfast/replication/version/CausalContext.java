package io.holdfast.replication.version;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.Arrays;

/**
 * Which writes of one row are known: for each store the number of its latest (a version vector: Parker et al. 1983). That no earlier write of the same store to this row is missing holds because a store sends
 * whole rows, never single writes. Immutable.
 */
public final class CausalContext {
    /** Knows nothing. */
    public static final CausalContext EMPTY = new CausalContext(new long[0], new long[0]);

    /** The most stores that a context may name: one for each disk that a replica of the row ever had. */
    public static final int MAX_ACTORS = 1 << 16;

    private final long[] actors; // ascending
    private final long[] counters;

    private CausalContext(long[] actors, long[] counters) {
        this.actors = actors;
        this.counters = counters;
    }

    /**
     * Whether a write is known.
     *
     * @param dot the write
     * @return whether this context covers it
     */
    public boolean contains(Dot dot) {
        return counterOf(dot.actor()) >= dot.counter();
    }

    private long counterOf(long actor) {
        int at = Arrays.binarySearch(actors, actor);
        return at < 0 ? 0 : counters[at];
    }

    /**
     * Whether all that another context knows is known here.
     *
     * @param other the other
     * @return whether this one covers it
     */
    public boolean covers(CausalContext other) {
        for (int i = 0; i < other.actors.length; i++) {
            if (counterOf(other.actors[i]) < other.counters[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * This context and a write.
     *
     * @param dot the write
     * @return a context that covers both
     */
    public CausalContext with(Dot dot) {
        return merge(new CausalContext(new long[] {dot.actor()}, new long[] {dot.counter()}));
    }

    /**
     * All that one of two contexts knows.
     *
     * @param other the other
     * @return the least context that covers both
     */
    public CausalContext merge(CausalContext other) {
        if (covers(other)) {
            return this;
        }
        if (other.covers(this)) {
            return other;
        }
        long[] names = new long[actors.length + other.actors.length];
        long[] values = new long[names.length];
        int size = 0;
        int mine = 0;
        int theirs = 0;
        while (mine < actors.length || theirs < other.actors.length) {
            boolean takeMine =
                    theirs == other.actors.length || (mine < actors.length && actors[mine] <= other.actors[theirs]);
            boolean takeTheirs =
                    mine == actors.length || (theirs < other.actors.length && other.actors[theirs] <= actors[mine]);
            names[size] = takeMine ? actors[mine] : other.actors[theirs];
            long own = takeMine ? counters[mine++] : 0;
            values[size++] = takeTheirs ? Math.max(own, other.counters[theirs++]) : own;
        }
        return new CausalContext(Arrays.copyOf(names, size), Arrays.copyOf(values, size));
    }

    /**
     * How many stores it names.
     *
     * @return a count
     */
    public int size() {
        return actors.length;
    }

    /**
     * Writes it, alike for equal contexts.
     *
     * @param out where to
     */
    public void encode(WireWriter out) {
        out.number(actors.length);
        for (int i = 0; i < actors.length; i++) {
            out.fixed64(actors[i]);
            out.number(counters[i]);
        }
    }

    /**
     * Reads one.
     *
     * @param in where from
     * @return the context
     * @throws io.holdfast.core.ProtocolException if there is none
     */
    public static CausalContext decode(WireReader in) {
        int size = in.count("stores of a causal context", MAX_ACTORS);
        if (size == 0) {
            return EMPTY;
        }
        long[] actors = new long[size];
        long[] counters = new long[size];
        for (int i = 0; i < size; i++) {
            actors[i] = in.fixed64("store");
            counters[i] = in.number("counter");
            if ((i > 0 && actors[i] <= actors[i - 1]) || counters[i] == 0) {
                throw in.broken("stores of a causal context must ascend, and their counters be positive");
            }
        }
        return new CausalContext(actors, counters);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CausalContext that
                && Arrays.equals(actors, that.actors)
                && Arrays.equals(counters, that.counters);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(actors) + Arrays.hashCode(counters);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < actors.length; i++) {
            text.append(i == 0 ? "" : " ")
                    .append(Long.toHexString(actors[i]))
                    .append(':')
                    .append(counters[i]);
        }
        return text.append(']').toString();
    }
}
