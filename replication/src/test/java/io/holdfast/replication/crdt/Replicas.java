package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Replicas without nodes, for laws: they are written to, and told what others know by hand. */
final class Replicas {
    static final Address PEER = Address.of("peer", 1);
    static final CrdtConfig CONFIG = CrdtConfig.lan();

    private Replicas() {}

    static Replica replica(long actor) {
        return replica(actor, CONFIG);
    }

    static Replica replica(long actor, CrdtConfig config) {
        long[] next = {actor};
        return new Replica(config, new CrdtRules(), () -> Instant.ofEpochMilli(1_000 + actor), () -> next[0]++);
    }

    static ObjectId id(Kind kind) {
        return new ObjectId(kind, "x");
    }

    static Delta state(Replica replica, ObjectId id) {
        ObjectState state = replica.find(id);
        return state == null ? empty() : state.full();
    }

    static Delta empty() {
        return new Delta(new TreeMap<>(), new CausalContext());
    }

    static Delta join(Delta one, Delta... others) {
        Kernel kernel = new Kernel(new CrdtRules());
        kernel.join(one);
        for (Delta other : others) {
            kernel.join(other);
        }
        return kernel.copy();
    }

    /** What one knows of an object is told to another. */
    static void tell(Replica from, Replica to, ObjectId id) {
        to.merge(id, state(from, id), PEER);
    }

    static void tellAll(Replica from, Replica to) {
        from.ids().forEach(id -> tell(from, to, id));
    }

    static ObjectState objectOf(Delta delta) {
        ObjectState state = new ObjectState(new CrdtRules(), 1);
        state.join(delta);
        return state;
    }

    /** Replicas with actors 100, 200 and so on that have updated an object, and heard of each other now and then. */
    static List<Replica> written(Random random, Kind kind, int count) {
        List<Replica> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            all.add(replica(100L * i));
        }
        for (int step = random.nextInt(25); step > 0; step--) {
            Replica one = all.get(random.nextInt(count));
            if (random.nextInt(3) == 0) {
                tell(all.get(random.nextInt(count)), one, id(kind));
            } else {
                update(random, kind, one);
            }
        }
        return all;
    }

    static void update(Random random, Kind kind, Replica replica) {
        Shelf shelf = new Shelf(replica);
        String some = "e" + random.nextInt(4);
        switch (kind) {
            case GROW_COUNTER -> shelf.growCounter("x").add(random.nextInt(3));
            case COUNTER -> shelf.counter("x").add(random.nextInt(7) - 3);
            case ENABLE_WINS_FLAG -> shelf.enableWins("x").set(random.nextBoolean());
            case DISABLE_WINS_FLAG -> shelf.disableWins("x").set(random.nextBoolean());
            case LAST_WRITER_REGISTER -> setOrClear(random, some, shelf.register("x"));
            case MULTI_VALUE_REGISTER -> {
                if (random.nextInt(5) == 0) {
                    shelf.multiRegister("x").clear();
                } else {
                    shelf.multiRegister("x").set(some);
                }
            }
            case SET -> inSet(random, some, shelf.set("x"));
            case MAP -> inMap(random, some, shelf.map("x"));
        }
    }

    private static void setOrClear(Random random, String some, CrdtRegister<String> register) {
        if (random.nextInt(5) == 0) {
            register.clear();
        } else {
            register.set(some);
        }
    }

    private static void inSet(Random random, String some, CrdtSet<String> set) {
        switch (random.nextInt(6)) {
            case 0, 1 -> set.remove(some);
            case 2 -> set.clear();
            default -> set.add(some);
        }
    }

    private static void inMap(Random random, String some, CrdtMap<String> map) {
        switch (random.nextInt(7)) {
            case 0 -> map.counter(some).increment();
            case 1 -> map.flag(some).set(random.nextBoolean());
            case 2 -> map.register(some, Texts.UTF_8).set("v" + random.nextInt(3));
            case 3 -> map.multiRegister(some, Texts.UTF_8).set("v" + random.nextInt(3));
            case 4 -> inSet(random, "in", map.set(some, Texts.UTF_8));
            case 5 -> map.remove(some);
            default -> map.clear();
        }
    }

    /** What an interval gathered, as one delta. */
    static Delta delta(Replica replica, ObjectId id) {
        Map<ObjectId, Kernel> changed = Group.joined(List.of(replica.close()), Optional.empty());
        return changed.containsKey(id) ? Objects.requireNonNull(changed.get(id)).copy() : empty();
    }

    /** A full mutation as the paper has it: all entries but the removed ones, and the new ones; all that was seen, and the new dots. */
    static Delta mutated(Delta before, Edit edit, long actor) {
        NavigableMap<Dot, Entry> entries = new TreeMap<>(before.entries());
        edit.removed().forEach(entry -> entries.remove(entry.dot()));
        CausalContext seen = before.seen().copy();
        for (Edit.Made made : edit.made()) {
            Dot dot = new Dot(actor, seen.max(actor) + 1);
            entries.put(dot, new Entry(dot, made.path(), made.value()));
            seen.add(dot);
        }
        return new Delta(entries, seen);
    }
}
