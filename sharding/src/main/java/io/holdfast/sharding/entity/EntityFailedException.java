package io.holdfast.sharding.entity;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/**
 * The entity threw an exception while it did the call. What the call changed in its own state is taken back; what it called meanwhile is not. The advice is {@link Retry#IF_IDEMPOTENT} if the entity was
 * let down by another call, otherwise {@link Retry#NEVER}: look into the log of the entity's node.
 */
public final class EntityFailedException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /** The class of what it threw. */
    private final String type;

    EntityFailedException(EntityId entity, Served.Failed failed) {
        super(entity + " failed with " + failed.type() + ": " + failed.message(), failed.retry(), null);
        this.type = failed.type();
    }

    /**
     * What the entity threw.
     *
     * @return the name of its class
     */
    public String type() {
        return type;
    }
}
