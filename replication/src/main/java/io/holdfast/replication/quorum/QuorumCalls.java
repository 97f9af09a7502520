package io.holdfast.replication.quorum;

import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.HybridClock;
import io.holdfast.replication.version.RowKey;
import io.holdfast.replication.version.Versions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The calls of one map, typed. Safe for use by many threads. */
final class QuorumCalls<K, V> {
    /** A hint for the row has a node's name besides. */
    private static final int MAX_KEY_BYTES = 60_000;

    private static final Duration BACK_OFF = Duration.ofMillis(100);

    private final QuorumSpace space;
    private final String name;
    private final TypeCodec<K> keys;
    private final TypeCodec<V> values;
    private final QuorumOptions options;
    private final Waiting waiting;

    QuorumCalls(QuorumSpace space, String name, TypeCodec<K> keys, TypeCodec<V> values, QuorumOptions options) {
        options.checkFor(space.config().replicas());
        this.space = space;
        this.name = name;
        this.keys = keys;
        this.values = values;
        this.options = options;
        this.waiting = new Waiting(space.environment().clock());
    }

    QuorumCalls<K, V> with(QuorumOptions other) {
        return new QuorumCalls<>(space, name, keys, values, other);
    }

    String name() {
        return name;
    }

    QuorumOptions options() {
        return options;
    }

    private RowKey key(K key) {
        RowKey row = RowKey.of(name, keys.encode(Objects.requireNonNull(key, "key")));
        Check.that(
                row.encoded().length <= MAX_KEY_BYTES,
                "a key of map %s (%d bytes with the map's name) must have at most %d; store it under a hash of itself",
                name,
                row.encoded().length,
                MAX_KEY_BYTES);
        return row;
    }

    /** Until when a call that begins now waits. */
    Deadline deadline() {
        return waiting.deadline();
    }

    CompletionStage<Versions> read(K key, Deadline deadline) {
        return space.get(key(key), options.forRead(), deadline).thenApply(result -> {
            if (result instanceof QuorumResult.Read read) {
                return read.row();
            }
            throw failure(key, result);
        });
    }

    CompletionStage<QuorumResult.Written> put(
            K key, @Nullable V value, ConflictPolicy policy, CausalContext known, Deadline deadline) {
        byte[] bytes = value == null ? null : checked(key, values.encode(value));
        long expiry = value == null
                ? 0
                : options.timeToLive()
                        .map(live ->
                                space.environment().wallClock().now().toEpochMilli() + Math.max(1, live.toMillis()))
                        .orElse(0L);
        RowChange change = new RowChange(policy, known, expiry, bytes);
        return space.change(key(key), change, options.forWrite(), deadline).thenApply(result -> {
            if (result instanceof QuorumResult.Written written) {
                return written;
            }
            throw failure(key, result);
        });
    }

    /**
     * The time of a key of which no row is known: half the grace of tombstones ago. That is later than every removal that was forgotten, and earlier than every write to come, as long as the nodes' clocks differ by less.
     */
    long absentTime() {
        long halfGrace = space.config().tombstoneGrace().toMillis() / 2;
        return HybridClock.reading(
                Math.max(0, space.environment().wallClock().now().toEpochMilli() - halfGrace));
    }

    private byte[] checked(K key, byte[] bytes) {
        if (bytes.length > Versions.MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("the value of key " + key + " in map " + name + " (" + bytes.length
                    + " bytes) must have at most " + Versions.MAX_VALUE_BYTES + "; keep large values elsewhere");
        }
        return bytes;
    }

    List<V> values(Versions row) {
        return row.siblings().stream()
                .filter(sibling -> sibling.value() != null)
                .map(sibling -> decode(Objects.requireNonNull(sibling.value())))
                .toList();
    }

    private V decode(byte[] bytes) {
        V value = values.decode(bytes);
        if (value == null) {
            throw new CodecException("map " + name + " holds null, which no map can; its rows were written otherwise");
        }
        return value;
    }

    private HoldfastException failure(K key, QuorumResult result) {
        if (!(result instanceof QuorumResult.Failed failed)) {
            throw new IllegalStateException("a call of map " + name + " was answered by " + result);
        }
        String message = "key " + key + " of map " + name + ": " + failed.message();
        return switch (failed.kind()) {
            case NOT_APPLIED -> new NotAppliedException(message);
            case UNKNOWN -> new UnknownOutcomeException(message);
            case UNAVAILABLE -> new UnavailableException(message);
            case OVERLOADED -> new OverloadedException(message, BACK_OFF);
        };
    }
}
