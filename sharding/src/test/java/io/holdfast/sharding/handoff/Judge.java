package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.sharding.map.Host;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Sees every write that was accepted and every answer, and says what may not be. */
final class Judge {
    private record Tenure(int shard, Epoch epoch) {}

    private final Map<Tenure, Host> writers = new HashMap<>();
    private final Map<Integer, TreeMap<Long, Epoch>> accepted = new HashMap<>();
    private final Map<String, Long> floor = new HashMap<>();
    private final Map<String, Long> attempts = new HashMap<>();
    private final Map<String, Map<Long, Object>> acknowledged = new HashMap<>();
    long writes;
    long reads;
    long readsOfMemory;

    void attempt(String key) {
        attempts.merge(key, 1L, Long::sum);
    }

    /** At a revision of the shard's group a write of a host was accepted. */
    void accepted(int shard, Epoch epoch, Host host, long revision) {
        Host other = writers.putIfAbsent(new Tenure(shard, epoch), host);
        check(
                other == null || other.equals(host),
                () -> "two owners of shard " + shard + " in epoch " + epoch + " had writes accepted: " + other + "/"
                        + host + " runs " + (other == null ? "" : other.run()) + ", " + host.run());
        TreeMap<Long, Epoch> order = accepted.computeIfAbsent(shard, any -> new TreeMap<>());
        Map.Entry<Long, Epoch> before = order.lowerEntry(revision);
        Map.Entry<Long, Epoch> after = order.higherEntry(revision);
        check(
                (before == null || before.getValue().compareTo(epoch) <= 0)
                        && (after == null || after.getValue().compareTo(epoch) >= 0),
                () -> "shard " + shard + ": a write of epoch " + epoch + " was accepted at revision " + revision
                        + ", between " + before + " and " + after);
        order.put(revision, epoch);
    }

    /** An increment was acknowledged; no two may have made the same value. */
    void acknowledged(String key, long value, Object by) {
        writes++;
        Object other = acknowledged.computeIfAbsent(key, any -> new HashMap<>()).putIfAbsent(value, by);
        check(
                other == null,
                () -> "an increment of " + key + " to " + value + " by " + other + " is lost: " + by + " made it too");
        rise(key, value);
    }

    /** What a read that begins now must see at least. */
    long floor(String key) {
        return floor.getOrDefault(key, 0L);
    }

    void answered(String key, long floorAtBegin, long value, boolean memory, Object by) {
        reads++;
        readsOfMemory += memory ? 1 : 0;
        check(
                value >= floorAtBegin,
                () -> "stale read of " + key + (memory ? " from memory" : " from the table") + " by " + by + ": "
                        + value + ", though " + floorAtBegin + " was known before it began");
        check(value <= attempts.getOrDefault(key, 0L), () -> key + " has " + value + ", more than was ever tried");
        rise(key, value);
    }

    private void rise(String key, long value) {
        floor.merge(key, value, Math::max);
    }

    private static void check(boolean holds, Supplier<String> broken) {
        if (!holds) {
            throw new AssertionError(broken.get());
        }
    }
}
