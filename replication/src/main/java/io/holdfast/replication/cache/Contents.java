package io.holdfast.replication.cache;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.replication.cache.Entry.Asked;
import io.holdfast.replication.cache.Pins.Pin;
import io.holdfast.replication.cache.caffeine.Shelf;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules of what is kept and what may be answered from it. A copy may be answered while it is surely not older than the bound: counted from before it was asked for, or, if nothing was told against it,
 * from before the feed was last asked whether it has told all. Safe for use by many threads.
 */
final class Contents<K, V> {
    private final NearCacheOptions options;
    private final MonotonicClock clock;
    private final Shelf<K, Entry<V>> shelf;
    private final Pins<K> pins;
    private final Predicate<K> queued;
    private final long boundNanos;
    private final long dueNanos;
    private final long quietNanos;
    private final boolean ahead;
    private final AtomicReference<Coverage> coverage;
    private volatile boolean closed;

    /**
     * Makes an empty one.
     *
     * @param queued whether a write of a key waits: then nothing is kept for it, since the write is what is answered
     */
    Contents(
            NearCacheOptions options,
            MonotonicClock clock,
            Shelf<K, Entry<V>> shelf,
            Pins<K> pins,
            Predicate<K> queued) {
        this.options = options;
        this.clock = clock;
        this.shelf = shelf;
        this.pins = pins;
        this.queued = queued;
        this.boundNanos = options.staleness().toNanos();
        this.dueNanos = (long) (boundNanos * options.refreshAt());
        this.ahead = options.refreshAt() < 1;
        this.quietNanos = Math.max(1_000_000, boundNanos / 20);
        this.coverage = new AtomicReference<>(new Coverage(0, clock.nanoTime()));
    }

    @Nullable Entry<V> kept(K key) {
        return shelf.get(key);
    }

    long size() {
        return shelf.size();
    }

    /**
     * How long ago the copy was surely right.
     *
     * @param vouched read before the copy was looked up: a later one may vouch for what has replaced it
     */
    long age(Entry<V> entry, Coverage vouched, long now) {
        long later = vouched.asOfNanos() - entry.asOfNanos;
        return now - entry.asOfNanos - (later > 0 && vouched.era() == entry.era ? later : 0);
    }

    boolean servable(Entry<V> entry, long now, long age) {
        return age <= boundNanos && now - entry.expiresAtNanos < 0 && !entry.mark;
    }

    /** Whether a copy that may be answered is to be read anew soon. At most one caller in a while is told so. */
    boolean due(Entry<V> entry, long now, long age) {
        if (age <= dueNanos && now - entry.refreshAtNanos < 0) {
            return false;
        }
        if (!ahead || entry.quiet(now)) {
            return false;
        }
        entry.quietUntil(now + quietNanos);
        return true;
    }

    /** The instant and the era, to be read before the origin is asked. */
    Asked asked() {
        return new Asked(clock.nanoTime(), coverage.get().era());
    }

    /** Whether an answer to a question of that time is too old already. */
    boolean tooLate(Asked asked) {
        return clock.nanoTime() - asked.nanos() > boundNanos;
    }

    Coverage coverage() {
        return coverage.get();
    }

    void gap() {
        coverage.updateAndGet(old -> new Coverage(old.era() + 1, old.asOfNanos()));
    }

    /** All that was acknowledged before an instant was told, if the era is still the same. */
    void covered(int era, long asOfNanos) {
        coverage.updateAndGet(
                old -> old.era() == era && asOfNanos - old.asOfNanos() > 0 ? new Coverage(era, asOfNanos) : old);
    }

    /** First those under way, then what is kept: who is under way and looks after this sees it there, and for who has looked before and stores a first copy just now this waits. */
    void told(K key, long revision) {
        if (pins.told(key, revision)) {
            shelf.change(key, old -> old == null || old.told >= revision ? old : old.marked(revision));
        } else {
            shelf.changePresent(key, old -> old.told < revision ? old.marked(revision) : old);
        }
    }

    /** Keeps nothing for a key, and remembers how new it was. Also what is being stored at this moment. */
    void hide(K key) {
        shelf.change(key, old -> old == null ? null : old.marked(old.told));
    }

    /**
     * Keeps an answer of the origin unless something newer is known.
     *
     * @return what is kept now, which may be newer, or nothing
     */
    @Nullable Entry<V> offer(K key, Loaded<V> loaded, Asked asked, Pin pin) {
        return keep(key, loaded, asked, pin, () -> !queued.test(key));
    }

    /** Keeps what was written, as long as it is the last that is to be written. */
    void written(K key, Loaded<V> written, Asked asked, Pin pin, BooleanSupplier last) {
        keep(key, written, asked, pin, last);
    }

    private @Nullable Entry<V> keep(K key, Loaded<V> loaded, Asked asked, Pin pin, BooleanSupplier allowed) {
        Entry<V> copy = Entry.copy(loaded, asked, options);
        long now = clock.nanoTime();
        return shelf.change(key, old -> {
            if (closed) {
                return null;
            }
            Entry<V> known = old == null || old.expired(now) ? null : old;
            return allowed.getAsBoolean() ? newer(known, copy, pin.told()) : known;
        });
    }

    private static <V> @Nullable Entry<V> newer(@Nullable Entry<V> known, Entry<V> copy, long told) {
        if (known == null) {
            return copy.revision < told ? null : copy;
        }
        if (copy.revision < known.revision) {
            return known;
        }
        if (copy.revision < Math.max(known.told, told)) {
            return known.marked(told);
        }
        boolean earlier = copy.revision == known.revision && copy.asOfNanos - known.asOfNanos < 0;
        return earlier && !known.mark ? known : copy;
    }

    /** Forgets all, and keeps nothing from now on. */
    void close() {
        closed = true;
        shelf.clear();
    }
}
