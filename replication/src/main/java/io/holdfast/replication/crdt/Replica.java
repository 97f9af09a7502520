package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.env.WallClock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All objects of a space on this node, and what changed since the last interval ended. Safe for use by many threads: writers take turns, for the time of one change; no code of users runs within.
 */
final class Replica {
    /**
     * An object's state as bytes.
     *
     * @param bytes as {@link DeltaCodec} writes them
     * @param number the interval that must be saved before others may see them
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Image(byte[] bytes, long number) {}

    private final CrdtConfig config;
    private final CrdtRules rules;
    private final WallClock clock;
    private final LongSupplier actors;
    private final NavigableMap<ObjectId, ObjectState> objects = new ConcurrentSkipListMap<>();
    private final Object lock = new Object();

    // under the lock
    private long actor;
    private long bytes;
    private long rollbacks;
    private Group open;
    private Set<ObjectId> changed = new HashSet<>();

    Replica(CrdtConfig config, CrdtRules rules, WallClock clock, LongSupplier actors) {
        this.config = config;
        this.rules = rules;
        this.clock = clock;
        this.actors = actors;
        this.open = new Group(1, rules);
        this.actor = actors.getAsLong();
    }

    /** Begins with what a disk kept; before anything else. */
    void restore(long formerActor, Iterable<DeltaCodec.Named> kept) {
        synchronized (lock) {
            actor = formerActor;
            kept.forEach(each -> joinInto(each.id(), each.delta()));
        }
    }

    @Nullable ObjectState find(ObjectId id) {
        return objects.get(id);
    }

    PathMap view(ObjectId id) {
        ObjectState state = objects.get(id);
        return state == null ? PathMap.EMPTY : state.view();
    }

    WallClock clock() {
        return clock;
    }

    long actor() {
        synchronized (lock) {
            return actor;
        }
    }

    long rollbacks() {
        synchronized (lock) {
            return rollbacks;
        }
    }

    int size() {
        return objects.size();
    }

    long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }

    /**
     * Changes an object here and now.
     *
     * @param id the object; it begins to be, if it is not there
     * @param mutator says what to do, given what is there and this store's actor
     * @return the interval in which it is saved and sent
     * @throws NotAppliedException if a bound is reached; nothing changed
     */
    long update(ObjectId id, Mutator mutator) {
        synchronized (lock) {
            ObjectState state = objects.get(id);
            ObjectState known = state == null ? new ObjectState(rules, actor) : state;
            Edit edit = mutator.edit(known.view(), actor);
            if (edit.isEmpty()) {
                return open.isEmpty() ? open.number() - 1 : open.number();
            }
            Delta delta = known.delta(edit, actor);
            Bounds.check(config, id, this, known, delta, edit.removed());
            note(id, joinInto(id, delta), Optional.empty());
            return open.number();
        }
    }

    /** Joins what a peer told; false if it was known. */
    boolean merge(ObjectId id, Delta delta, Address source) {
        synchronized (lock) {
            ObjectState state = objects.get(id);
            long mine = state == null ? 0 : state.seen().max(actor);
            boolean twice = state != null && state.contradicts(delta, actor);
            if (twice || rules.wentBack(delta.seen().max(actor), mine)) {
                rollbacks++;
                actor = actors.getAsLong();
            }
            Delta gained = joinInto(id, delta);
            if (gained.isEmpty()) {
                return false;
            }
            if (rules.passesOn()) {
                note(id, gained, Optional.of(source));
            }
            return true;
        }
    }

    private Delta joinInto(ObjectId id, Delta delta) {
        ObjectState state = objects.computeIfAbsent(id, any -> new ObjectState(rules, actor));
        long before = state.bytes();
        Delta gained = state.join(delta);
        bytes += state.bytes() - before;
        return gained;
    }

    private void note(ObjectId id, Delta delta, Optional<Address> source) {
        open.add(id, delta, source);
        changed.add(id);
    }

    /** Ends the interval. */
    Group close() {
        synchronized (lock) {
            Group closed = open;
            if (!closed.isEmpty()) {
                open = new Group(closed.number() + 1, rules);
            }
            return closed;
        }
    }

    /** The interval of the latest change. */
    long latest() {
        synchronized (lock) {
            return open.isEmpty() ? open.number() - 1 : open.number();
        }
    }

    /** The objects that changed since this was asked last. */
    Set<ObjectId> takeChanged() {
        synchronized (lock) {
            Set<ObjectId> taken = changed;
            changed = new HashSet<>();
            return taken;
        }
    }

    List<ObjectId> ids() {
        return new ArrayList<>(objects.keySet());
    }

    /** The digest of an object; 0 if it is not there. */
    long digest(ObjectId id) {
        return with(id, 0L, ObjectState::digest);
    }

    /** One number for all objects together. */
    long digest() {
        synchronized (lock) {
            long all = 0;
            for (Map.Entry<ObjectId, ObjectState> each : objects.entrySet()) {
                all = all * 31 + each.getKey().toString().hashCode();
                all = all * 31 + each.getValue().digest();
            }
            return all;
        }
    }

    Optional<Image> image(ObjectId id) {
        Delta full;
        long number;
        synchronized (lock) {
            ObjectState state = objects.get(id);
            if (state == null) {
                return Optional.empty();
            }
            full = state.full();
            number = open.isEmpty() ? open.number() - 1 : open.number();
        }
        return Optional.of(new Image(DeltaCodec.encode(id, full), number));
    }

    private <T> T with(ObjectId id, T otherwise, Function<ObjectState, T> reading) {
        synchronized (lock) {
            ObjectState state = objects.get(id);
            return state == null ? otherwise : reading.apply(state);
        }
    }

    /** What an update does. Runs under the lock: it must be short and call nobody else's code. */
    @FunctionalInterface
    interface Mutator {
        Edit edit(PathMap view, long actor);
    }
}
