package io.holdfast.replication.aggregate;

import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.codec.TypeCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of values there are, and how those that older builds have stored become what this build knows: by a chain of functions, each from one version to the next.
 *
 * <pre>{@code
 * Schema<Event> events = Schema.<Event>define()
 *     .current("opened", 2, Opened.class, codec.forType(Opened.class))
 *     .older("opened", 1, codec.forType(OpenedV1.class), old -> new Opened(old.owner(), "EUR"))
 *     .build();
 * }</pre>
 *
 * <p>Names and versions stand in logs for ever. Immutable.
 *
 * @param <T> what all values have in common
 */
public final class Schema<T> {
    private record Version(
            TypeCodec<Object> codec, @Nullable Function<Object, Object> up) {}

    private record Kind(String name, int current, Map<Integer, Version> versions) {}

    /**
     * A value as it is stored.
     *
     * @param name its kind
     * @param version the version of its kind
     * @param bytes the value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(String name, int version, byte[] bytes) {}

    private final Map<String, Kind> byName;
    private final Map<Class<?>, Kind> byClass;

    private Schema(Map<String, Kind> byName, Map<Class<?>, Kind> byClass) {
        this.byName = Map.copyOf(byName);
        this.byClass = Map.copyOf(byClass);
    }

    /**
     * Begins a schema.
     *
     * @param <T> what all values have in common
     * @return a builder
     */
    public static <T> Builder<T> define() {
        return new Builder<>();
    }

    /**
     * A schema of one kind that has had no other version.
     *
     * @param name the kind's name
     * @param type its class
     * @param codec how it becomes bytes
     * @param <T> its type
     * @return the schema
     */
    public static <T> Schema<T> of(String name, Class<T> type, TypeCodec<T> codec) {
        return Schema.<T>define().current(name, 1, type, codec).build();
    }

    /** The value as this build stores it. */
    Stored encode(T value) {
        Kind kind = byClass.get(value.getClass());
        if (kind == null) {
            throw new CodecException(
                    value.getClass().getName() + " is no kind of the schema; add it with current(...)");
        }
        Version version = Objects.requireNonNull(kind.versions.get(kind.current));
        return new Stored(kind.name, kind.current, version.codec.encode(value));
    }

    /** The value as this build knows it. */
    @SuppressWarnings("unchecked") // the builder lets in only what is a T
    T decode(Stored stored) {
        Kind kind = byName.get(stored.name);
        if (kind == null) {
            throw new CodecException("a value is of kind " + stored.name
                    + ", which this build's schema does not know; upgrade this node, or keep the kind");
        }
        Version version = kind.versions.get(stored.version);
        if (version == null) {
            throw new CodecException("a value of kind " + stored.name + " has version " + stored.version
                    + ", this build knows " + kind.versions.keySet() + "; upgrade this node, or keep the version");
        }
        Object value = version.codec.decode(stored.bytes);
        for (int i = stored.version; i < kind.current; i++) {
            Version from = Objects.requireNonNull(kind.versions.get(i));
            value = Objects.requireNonNull(from.up).apply(given(stored, value));
        }
        return (T) given(stored, value);
    }

    private static Object given(Stored stored, @Nullable Object value) {
        if (value == null) {
            throw new CodecException("a value of kind " + stored.name + " and version " + stored.version
                    + " became null; its codec or its upcaster must give a value");
        }
        return value;
    }

    /**
     * Makes a schema. For one thread.
     *
     * @param <T> what all values have in common
     */
    public static final class Builder<T> {
        private final Map<String, Kind> byName = new HashMap<>();
        private final Map<Class<?>, Kind> byClass = new HashMap<>();

        private Builder() {}

        /**
         * A kind as this build writes it.
         *
         * @param name its name, for ever
         * @param version its version, 1 and more
         * @param type its class, exactly
         * @param codec how it becomes bytes
         * @param <V> its type
         * @return this
         * @throws IllegalArgumentException if the name or the class has a kind already
         */
        @SuppressWarnings("unchecked") // the codec is given values of its class only
        public <V extends T> Builder<T> current(String name, int version, Class<V> type, TypeCodec<V> codec) {
            Check.between("version of kind " + name, version, 1, 10_000);
            Check.that(
                    !byName.containsKey(name) && !byClass.containsKey(type),
                    "kind %s (%s) must be named once and have a class of its own",
                    name,
                    type.getName());
            Map<Integer, Version> versions = new HashMap<>();
            versions.put(version, new Version((TypeCodec<Object>) (TypeCodec<?>) codec, null));
            Kind kind = new Kind(name, version, versions);
            byName.put(name, kind);
            byClass.put(type, kind);
            return this;
        }

        /**
         * A kind as older builds have written it.
         *
         * @param name its name; the current version is given already
         * @param version the older version
         * @param codec how it was stored
         * @param up makes the next version of it: the older version plus one, and not null
         * @param <O> the older type
         * @return this
         * @throws IllegalArgumentException if the kind is unknown, or has that version already, or an older current one
         */
        @SuppressWarnings("unchecked") // the function is given what the codec has made
        public <O> Builder<T> older(String name, int version, TypeCodec<O> codec, Function<O, ?> up) {
            Kind kind = byName.get(name);
            if (kind == null) {
                throw new IllegalArgumentException("kind " + name + " must have a current version first");
            }
            Check.between("older version of kind " + name, version, 1, kind.current - 1);
            Function<Object, Object> next = (Function<Object, Object>) (Function<?, ?>) up;
            Version before =
                    kind.versions.putIfAbsent(version, new Version((TypeCodec<Object>) (TypeCodec<?>) codec, next));
            Check.that(before == null, "version %d of kind %s must be given once", version, name);
            return this;
        }

        /**
         * Ends it.
         *
         * @return the schema
         * @throws IllegalArgumentException if there is no kind, or a chain of versions has a hole
         */
        public Schema<T> build() {
            Check.that(!byName.isEmpty(), "a schema (0 kinds) must have one at least");
            for (Kind kind : byName.values()) {
                int oldest = kind.versions.keySet().stream()
                        .mapToInt(Integer::intValue)
                        .min()
                        .orElse(kind.current);
                for (int version = oldest; version < kind.current; version++) {
                    Check.that(
                            kind.versions.containsKey(version),
                            "kind %s has version %d and lacks %d on the way to %d; add it with older(...)",
                            kind.name,
                            oldest,
                            version,
                            kind.current);
                }
            }
            return new Schema<>(byName, byClass);
        }
    }
}
