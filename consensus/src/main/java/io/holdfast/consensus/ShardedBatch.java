package io.holdfast.consensus;

import io.holdfast.consensus.primitive.MapTransaction;
import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.cluster.ReadConsistency;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** What is done with many keys of a {@link ShardedMap} at once. */
final class ShardedBatch {
    /** What came of one part: its revision, or a failure. */
    private record Put(GroupId group, Set<?> keys, CompletableFuture<Long> revision) {}

    private ShardedBatch() {}

    static <K, V> CompletionStage<Map<GroupId, Long>> put(ShardedMap<K, V> map, Map<K, V> entries) {
        Map<ReplicatedMap<K, V>, Map<K, V>> byPart = new LinkedHashMap<>();
        entries.forEach((key, value) -> byPart.computeIfAbsent(map.part(key), part -> new LinkedHashMap<>())
                .put(key, value));
        // before anything is sent: a part that is refused at once would leave the others written
        byPart.forEach((part, own) -> Check.that(
                own.size() <= MapTransaction.MAX_PARTS,
                "a bulk put (%d entries in %s) must have at most %d entries in each group; divide it",
                own.size(),
                part.group(),
                MapTransaction.MAX_PARTS));
        List<Put> puts = new ArrayList<>();
        byPart.forEach((part, own) -> puts.add(new Put(part.group(), own.keySet(), begin(part, own))));
        return CompletableFuture.allOf(puts.stream().map(Put::revision).toArray(CompletableFuture<?>[]::new))
                .handle((nothing, failure) -> outcome(puts));
    }

    private static <K, V> CompletableFuture<Long> begin(ReplicatedMap<K, V> part, Map<K, V> entries) {
        try {
            return part.putAllAsync(entries).toCompletableFuture();
        } catch (RuntimeException e) { // a value that cannot be encoded, while other parts are under way
            return CompletableFuture.failedFuture(e);
        }
    }

    /** All have ended. */
    private static Map<GroupId, Long> outcome(List<Put> puts) {
        Map<GroupId, Long> revisions = new LinkedHashMap<>();
        Map<GroupId, Throwable> failures = new LinkedHashMap<>();
        Set<Object> written = new HashSet<>();
        for (Put put : puts) {
            try {
                revisions.put(put.group(), put.revision().join());
                written.addAll(put.keys());
            } catch (CompletionException e) {
                failures.put(put.group(), e.getCause() == null ? e : e.getCause());
            }
        }
        if (failures.isEmpty()) {
            return Map.copyOf(revisions);
        }
        if (revisions.isEmpty() && failures.size() == 1) {
            throw new CompletionException(failures.values().iterator().next());
        }
        throw new PartlyAppliedException(written, failures);
    }

    static <K, V> CompletionStage<Map<K, V>> get(
            ShardedMap<K, V> map, Collection<K> keys, ReadConsistency consistency) {
        Check.that(
                keys.size() <= MapTransaction.MAX_PARTS,
                "a bulk read (%d keys) must have at most %d keys; divide it",
                keys.size(),
                MapTransaction.MAX_PARTS);
        List<K> asked = List.copyOf(keys);
        return Stages.all(asked.stream()
                        .map(key -> map.entryAsync(key, consistency))
                        .toList())
                .thenApply(entries -> {
                    Map<K, V> found = new LinkedHashMap<>();
                    for (int i = 0; i < asked.size(); i++) {
                        K key = asked.get(i);
                        entries.get(i).ifPresent(entry -> found.put(key, entry.value()));
                    }
                    return found;
                });
    }
}
