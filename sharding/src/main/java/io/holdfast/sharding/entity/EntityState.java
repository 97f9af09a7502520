package io.holdfast.sharding.entity;

import io.holdfast.core.codec.TypeCodec;
import java.util.Optional;

/** PLACEHOLDER until branch entity. */
public final class EntityState<T> {
    private final EntityScope scope;
    private final TypeCodec<T> codec;

    public EntityState(EntityScope scope, TypeCodec<T> codec) {
        this.scope = scope;
        this.codec = codec;
    }

    public Optional<T> get() {
        return scope.state().map(stored -> codec.decode(stored.bytes()));
    }

    public void set(T value) {
        scope.state(Optional.of(codec.encode(value)));
    }
}
