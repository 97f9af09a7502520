package io.holdfast.sharding.entity;

import io.holdfast.sharding.entity.EntityType.Entity;
import org.jspecify.annotations.Nullable;

/**
 * The user's object of an entity, made when the first call needs it. One is closed before the next is made. Safe for use by many threads; its entity sees to it that only one turn runs while there is none.
 */
final class Life {
    private final EntityType type;
    private final EntityId id;
    private final EntityScope scope;
    private final HostSide side;
    private @Nullable Entity live; // guarded by this
    private @Nullable Entity spent; // guarded by this; discarded, and to be closed

    Life(EntityType type, EntityId id, EntityScope scope, HostSide side) {
        this.type = type;
        this.id = id;
        this.scope = scope;
        this.side = side;
    }

    /** The object; runs users' code if there is none. */
    Entity live() {
        synchronized (this) {
            if (live != null) {
                return live;
            }
        }
        closeSpent();
        boolean done = false;
        try {
            Entity created = type.create(id.key(), scope);
            synchronized (this) {
                live = created;
            }
            done = true;
            return created;
        } finally {
            side.meters().activated(type.name(), done);
        }
    }

    /** It remembers what is not stored: the next call gets another one. Runs no users' code: {@link #closeSpent} does, or whatever needs the next object, or the end. */
    synchronized void discard() {
        if (live != null) {
            spent = live;
            live = null;
            side.meters().passivated(type.name(), Departure.FAILED);
        }
    }

    /** Runs users' code if one was discarded. */
    void closeSpent() {
        Entity last;
        synchronized (this) {
            last = spent;
            spent = null;
        }
        close(last);
    }

    synchronized boolean isEmpty() {
        return live == null && spent == null;
    }

    /** There is none any more; runs users' code. */
    void end(Departure why) {
        closeSpent();
        Entity last;
        synchronized (this) {
            last = live;
            live = null;
        }
        if (last != null) {
            close(last);
            side.meters().passivated(type.name(), why);
        }
    }

    private void close(@Nullable Entity last) {
        try {
            if (last != null) {
                last.passivate();
            }
        } catch (RuntimeException | Error e) {
            side.failed(id, e);
        }
    }
}
