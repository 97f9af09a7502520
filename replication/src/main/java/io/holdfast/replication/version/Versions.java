package io.holdfast.replication.version;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a row on one replica: the siblings that stand and the writes that are known (a dotted version vector set: Almeida et al. 2014, "Scalable and accurate causality tracking for eventually consistent
 * stores"). Merging is commutative, associative and idempotent. A row without siblings is a tombstone. Immutable.
 */
public final class Versions {
    /** A row of which nothing is known. */
    public static final Versions NONE = new Versions(List.of(), CausalContext.EMPTY, false);

    /** The most siblings that are read from bytes. */
    public static final int MAX_SIBLINGS = 1024;

    /** The most bytes of a value. */
    public static final int MAX_VALUE_BYTES = 1 << 20;

    private static final int LAYOUT = 1;
    private static final int LATEST = 1;
    private static final int TOMBSTONE = 2;
    private static final Comparator<Sibling> BY_DOT = Comparator.comparing(Sibling::dot);

    private final List<Sibling> siblings; // ascending by dot
    private final CausalContext context;
    private final boolean latest;

    private Versions(List<Sibling> siblings, CausalContext context, boolean latest) {
        this.siblings = siblings;
        this.context = context;
        this.latest = latest;
    }

    /**
     * The values that stand, expired ones and removals by the latest write among them.
     *
     * @return an immutable list, ordered by dot
     */
    public List<Sibling> siblings() {
        return siblings;
    }

    /**
     * The writes that are known.
     *
     * @return the context
     */
    public CausalContext context() {
        return context;
    }

    /**
     * When the latest of what stands was written.
     *
     * @return its time on the hybrid clock; 0 if nothing stands
     */
    public long latestTime() {
        return siblings.stream().mapToLong(Sibling::time).max().orElse(0);
    }

    /**
     * Whether it holds no value.
     *
     * @return true for a removed row
     */
    public boolean isTombstone() {
        return siblings.stream().allMatch(sibling -> sibling.value() == null);
    }

    /**
     * Whether the latest write wins.
     *
     * @return true once it was written so
     */
    public boolean isLatest() {
        return latest;
    }

    /**
     * Whether encoded bytes are those of a row that holds no value, without decoding them.
     *
     * @param bytes what {@link #encode} wrote
     * @return as {@link #isTombstone()}
     */
    public static boolean isTombstone(byte[] bytes) {
        return (bytes[1] & TOMBSTONE) != 0;
    }

    /**
     * A write by somebody who knew a context: it replaces what is in the context and stands beside the rest.
     *
     * @param known what the writer had read
     * @param sibling what is written; its dot must be new
     * @return the row after the write
     */
    public Versions put(CausalContext known, Sibling sibling) {
        Versions rest = remove(known);
        List<Sibling> next = new ArrayList<>(rest.siblings);
        next.add(sibling);
        return of(next, rest.context.with(sibling.dot()), latest);
    }

    /**
     * A write to a row of which the latest write wins, from now on and on every replica that hears of it.
     *
     * @param sibling what is written, without a value to remove the row; its dot must be new, and its time later than all that is to go
     * @return the row after the write
     */
    public Versions putLatest(Sibling sibling) {
        List<Sibling> next = new ArrayList<>(siblings);
        next.add(sibling);
        return of(next, context.with(sibling.dot()), true);
    }

    /**
     * A removal by somebody who knew a context: what is in the context goes, the rest stands.
     *
     * @param known what the remover had read
     * @return the row after the removal
     */
    public Versions remove(CausalContext known) {
        List<Sibling> next = new ArrayList<>(siblings);
        next.removeIf(sibling -> known.contains(sibling.dot()));
        return new Versions(List.copyOf(next), context.merge(known), latest);
    }

    /**
     * What two replicas know together.
     *
     * @param other the row on the other replica
     * @return a value that stands on both, or on one while the other does not know it, stands; if the latest wins, only that
     */
    public Versions merge(Versions other) {
        if (this == other || other == NONE) {
            return this;
        }
        if (this == NONE) {
            return other;
        }
        List<Sibling> next = new ArrayList<>(siblings.size() + other.siblings.size());
        for (Sibling mine : siblings) {
            Sibling same = other.at(mine.dot());
            if (same != null) {
                next.add(mine.value() == null ? mine : same); // one may have expired
            } else if (!other.context.contains(mine.dot())) {
                next.add(mine);
            }
        }
        for (Sibling theirs : other.siblings) {
            if (!context.contains(theirs.dot())) {
                next.add(theirs);
            }
        }
        return of(next, context.merge(other.context), latest || other.latest);
    }

    private @Nullable Sibling at(Dot dot) {
        for (Sibling sibling : siblings) {
            if (sibling.dot().equals(dot)) {
                return sibling;
            }
        }
        return null;
    }

    private static Versions of(List<Sibling> siblings, CausalContext context, boolean latest) {
        if (latest && siblings.size() > 1) {
            Sibling last = siblings.get(0);
            for (Sibling each : siblings) {
                last = each.isAfter(last) ? each : last;
            }
            return new Versions(List.of(last), context, true);
        }
        siblings.sort(BY_DOT);
        return new Versions(List.copyOf(siblings), context, latest);
    }

    /**
     * Forgets the values whose expiry has passed; that they were known stays known, so the others forget them too.
     *
     * @param wallMillis the wall clock
     * @return this row without them
     */
    public Versions withoutExpired(long wallMillis) {
        if (siblings.stream().noneMatch(sibling -> sibling.isExpired(wallMillis))) {
            return this;
        }
        List<Sibling> next = new ArrayList<>();
        for (Sibling sibling : siblings) {
            if (!sibling.isExpired(wallMillis)) {
                next.add(sibling);
            } else if (latest) { // what it has overwritten must not come back
                next.add(new Sibling(sibling.dot(), sibling.time(), Sibling.STAYS, null));
            }
        }
        return new Versions(List.copyOf(next), context, latest);
    }

    /**
     * Writes it, alike for equal rows.
     *
     * @return new bytes
     */
    public byte[] encode() {
        WireWriter out = new WireWriter();
        out.u8(LAYOUT);
        out.u8((latest ? LATEST : 0) | (isTombstone() ? TOMBSTONE : 0));
        context.encode(out);
        out.number(siblings.size());
        for (Sibling sibling : siblings) {
            out.fixed64(sibling.dot().actor());
            out.number(sibling.dot().counter());
            out.fixed64(sibling.time());
            out.number(sibling.expiry());
            byte @Nullable [] value = sibling.value();
            out.u8(value == null ? 0 : 1);
            if (value != null) {
                out.bytes(value);
            }
        }
        return out.bytes();
    }

    /**
     * Reads one.
     *
     * @param bytes bytes of any origin
     * @return the row
     * @throws io.holdfast.core.ProtocolException if it is none
     */
    public static Versions decode(byte[] bytes) {
        WireReader in = new WireReader("row", bytes);
        in.version("row", LAYOUT);
        boolean latest = (in.number("flags of a row", LATEST | TOMBSTONE) & LATEST) != 0;
        CausalContext context = CausalContext.decode(in);
        int count = in.count("siblings", MAX_SIBLINGS);
        List<Sibling> siblings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Sibling sibling = sibling(in);
            if (!context.contains(sibling.dot())) {
                throw in.broken("a sibling must be in the row's context");
            }
            siblings.add(sibling);
        }
        in.end();
        return of(siblings, context, latest);
    }

    private static Sibling sibling(WireReader in) {
        long actor = in.fixed64("actor");
        long counter = in.number("counter");
        if (counter == 0) {
            throw in.broken("counter of a dot must be positive");
        }
        long time = in.fixed64("time");
        long expiry = in.number("expiry");
        byte[] value = in.flag("value there") ? in.bytes("value", MAX_VALUE_BYTES) : null;
        return new Sibling(new Dot(actor, counter), time, expiry, value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Versions that
                && latest == that.latest
                && siblings.equals(that.siblings)
                && context.equals(that.context);
    }

    @Override
    public int hashCode() {
        return 31 * siblings.hashCode() + context.hashCode();
    }

    @Override
    public String toString() {
        return siblings.stream().map(sibling -> String.valueOf(sibling.dot())).toList() + " knowing " + context;
    }
}
