package io.holdfast.sharding.entity;

import io.holdfast.sharding.entity.EntityType.Entity;
import org.jspecify.annotations.Nullable;

/** The user's object of an entity, made when the first call needs it. Safe for use by many threads; its entity sees to it that only one turn runs while there is none. */
final class Life {
    private final EntityType type;
    private final String key;
    private final EntityScope scope;
    private final EntityMeters meters;
    private @Nullable Entity live; // guarded by this

    Life(EntityType type, String key, EntityScope scope, EntityMeters meters) {
        this.type = type;
        this.key = key;
        this.scope = scope;
        this.meters = meters;
    }

    /** The object; runs users' code if there is none. */
    Entity live() {
        synchronized (this) {
            if (live != null) {
                return live;
            }
        }
        boolean done = false;
        try {
            Entity created = type.create(key, scope);
            synchronized (this) {
                live = created;
            }
            done = true;
            return created;
        } finally {
            meters.activated(type.name(), done);
        }
    }

    /** It remembers what is not stored: the next call gets another one. */
    synchronized void discard() {
        if (live != null) {
            live = null;
            meters.passivated(type.name(), Departure.FAILED);
        }
    }

    /** There is none any more; whoever asked passivates it. */
    synchronized @Nullable Entity end() {
        Entity last = live;
        live = null;
        return last;
    }
}
