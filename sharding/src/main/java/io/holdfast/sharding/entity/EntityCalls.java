package io.holdfast.sharding.entity;

import io.holdfast.core.call.CallContext;
import java.util.concurrent.CompletionStage;

/** Calls of entities from any node: found in one hop, done exactly once. Safe for use by many threads. */
public interface EntityCalls {
    /**
     * Calls an entity, wherever it lives. It is brought to life if it does not.
     *
     * @param type the kind's name
     * @param key the entity's key, 1 to 512 bytes of UTF-8
     * @param method what names the method
     * @param arguments its arguments
     * @param context deadline, criticality, principal and the rest
     * @return the answer's bytes. Fails with {@link io.holdfast.core.UnavailableException} (nothing was done; the shard has no owner in time, or no node hosts the kind),
     *     {@link io.holdfast.core.OverloadedException} (nothing was done), {@link io.holdfast.core.UnknownOutcomeException} (it may have been done; read), or
     *     {@link io.holdfast.core.HoldfastException} with what the entity threw
     * @throws IllegalArgumentException if the kind is no DNS label, or the key or the arguments (at most 512 KiB) are out of bounds
     */
    CompletionStage<byte[]> call(String type, String key, long method, byte[] arguments, CallContext context);
}
