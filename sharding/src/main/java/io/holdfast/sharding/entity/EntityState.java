package io.holdfast.sharding.entity;

import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.TypeCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The state of an entity as a value. What a call sets is committed when the call has ended; if the call fails it is taken back.
 *
 * <p>A value is kept in memory between calls: treat it as immutable (records are best), and {@link #set} another one. Fields that a record gains are null or zero in states written before; for more than
 * that raise the version and give a {@link Migration} from each earlier one that may still be stored.
 *
 * <p>For use by the thread of a call, during the call. The object itself may be shared.
 *
 * @param <T> the type of the value
 */
public final class EntityState<T> {
    /**
     * How a state of an earlier version is read. It is written in the present version when it is next set.
     *
     * @param version the version that wrote it
     * @param read from its bytes to a present value
     * @param <T> the type of the value
     */
    public record Migration<T>(int version, Function<byte[], T> read) {}

    private record Decoded<T>(EntityScope.Stored stored, T value) {}

    private final EntityScope scope;
    private final TypeCodec<T> codec;
    private final int version;
    private final Map<Integer, Function<byte[], T>> migrations = new HashMap<>();
    private volatile @Nullable Decoded<T> last;

    /**
     * Makes the state of one entity.
     *
     * @param scope the entity's scope
     * @param codec the codec of the present version
     * @param version the present version, the same as {@link EntityType.Traits#stateVersion}
     * @param migrations from earlier versions, each once
     * @throws IllegalArgumentException if a migration is from the present version or a later one, or two are from one
     */
    public EntityState(EntityScope scope, TypeCodec<T> codec, int version, List<Migration<T>> migrations) {
        this.scope = scope;
        this.codec = codec;
        this.version = version;
        for (Migration<T> migration : migrations) {
            Check.that(
                    migration.version() < version,
                    "migration from version %d must be from an earlier one than %d, the present",
                    migration.version(),
                    version);
            Check.that(
                    this.migrations.put(migration.version(), migration.read()) == null,
                    "two migrations are from version %d; keep one",
                    migration.version());
        }
    }

    /**
     * The value, with the changes of the present call.
     *
     * @return the value, or empty if there is none
     * @throws CodecException if it was written in a version that cannot be read here; the message says which
     * @throws IllegalStateException outside a call
     */
    public Optional<T> get() {
        Optional<EntityScope.Stored> stored = scope.state();
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        Decoded<T> known = last;
        if (known != null && known.stored() == stored.get()) {
            return Optional.of(known.value());
        }
        T value = decode(stored.get());
        last = new Decoded<>(stored.get(), value);
        return Optional.of(value);
    }

    private T decode(EntityScope.Stored stored) {
        T value;
        if (stored.version() == version) {
            value = codec.decode(stored.bytes());
        } else {
            Function<byte[], T> migration = migrations.get(stored.version());
            if (migration == null) {
                throw new CodecException(
                        "a state of version " + stored.version() + " cannot be read by version " + version
                                + "; "
                                + (stored.version() > version
                                        ? "finish the deployment of the newer build"
                                        : "give a migration from version " + stored.version()));
            }
            value = migration.apply(stored.bytes());
        }
        return Objects.requireNonNull(value, "a stored state is never null");
    }

    /**
     * Replaces the value.
     *
     * @param value the new value
     * @throws CodecException if it holds something that its type does not name
     * @throws IllegalArgumentException if its bytes are more than 256 KiB
     * @throws IllegalStateException outside a call
     */
    public void set(T value) {
        byte[] bytes = codec.encode(value);
        scope.state(Optional.of(bytes));
        scope.state().ifPresent(stored -> last = new Decoded<>(stored, value));
    }

    /**
     * Replaces the value by one that is made of it.
     *
     * @param change from the present value, or null if there is none, to the new one
     * @return the new value
     * @throws CodecException as {@link #get} and {@link #set}
     * @throws IllegalArgumentException as {@link #set}
     * @throws IllegalStateException outside a call
     */
    public T update(UnaryOperator<@Nullable T> change) {
        T next =
                Objects.requireNonNull(change.apply(get().orElse(null)), "a new state is never null; clear it instead");
        set(next);
        return next;
    }

    /**
     * Removes the value.
     *
     * @throws IllegalStateException outside a call
     */
    public void clear() {
        scope.state(Optional.empty());
    }
}
