package io.holdfast.replication.cache;

import java.util.Optional;

/** What is kept for a key: a copy, or only a mark of how new the next copy must be. Immutable, apart from the pause between refreshes. */
final class Entry<V> {
    /** Empty for an absence, and for a mark. */
    final Optional<V> answer;

    final boolean mark;
    /** The newest revision that was answered from here. */
    final long revision;
    /** The newest revision that the feed told of; a copy has at least this one. */
    final long told;
    /** Before the copy was asked for. */
    final long asOfNanos;
    /** The era at that time: what changed later in it was told. */
    final int era;

    final long refreshAtNanos;
    final long expiresAtNanos;
    /** No refresh before this instant; racy, which costs a refresh at most. */
    private volatile long quietUntilNanos;

    private Entry(
            Optional<V> answer,
            boolean mark,
            long revision,
            long told,
            Asked asked,
            long refreshAtNanos,
            long expiresAtNanos) {
        this.answer = answer;
        this.mark = mark;
        this.revision = revision;
        this.told = told;
        this.asOfNanos = asked.nanos();
        this.era = asked.era();
        this.refreshAtNanos = refreshAtNanos;
        this.expiresAtNanos = expiresAtNanos;
        this.quietUntilNanos = asked.nanos();
    }

    /** When the origin was asked: both are read before the question is sent. */
    record Asked(long nanos, int era) {}

    static <V> Entry<V> copy(Loaded<V> loaded, Asked asked, NearCacheOptions options) {
        long life = (loaded.value().isPresent() ? options.ttl() : options.absentTtl()).toNanos();
        return new Entry<>(
                loaded.value(),
                false,
                loaded.revision(),
                loaded.revision(),
                asked,
                asked.nanos() + (long) (life * options.refreshAt()),
                asked.nanos() + life);
    }

    /** The same without its value: only copies of at least its revision may follow, and none older than what was told is kept. */
    Entry<V> marked(long nowTold) {
        return new Entry<>(
                Optional.empty(),
                true,
                revision,
                Math.max(told, nowTold),
                new Asked(asOfNanos, era),
                refreshAtNanos,
                expiresAtNanos);
    }

    boolean expired(long nowNanos) {
        return nowNanos - expiresAtNanos >= 0;
    }

    boolean quiet(long nowNanos) {
        return nowNanos - quietUntilNanos < 0;
    }

    void quietUntil(long nanos) {
        quietUntilNanos = nanos;
    }
}
