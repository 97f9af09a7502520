package io.holdfast.sharding.job;

import io.holdfast.core.Check;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.env.Registration;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.KeyHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What lives on this node while it owns the shard of a key. One stay at a time: if a shard is lost and comes back while the earlier stay has not ended, the next one waits. Safe for use by many threads.
 */
final class Residents implements ShardTenant {
    /** More than a program has jobs. */
    static final int MAX = 4096;

    private final int shards;
    private final JobThread thread;
    private final Map<String, Home> names = new ConcurrentHashMap<>();
    private final Map<Integer, List<Home>> homes = new HashMap<>(); // of the thread
    private final Map<Integer, Tenure> tenures = new HashMap<>(); // of the thread

    Residents(int shards, JobThread thread) {
        this.shards = shards;
        this.thread = thread;
    }

    /** Refuses a key that is taken, or one too many. */
    void requireFree(String key) {
        if (names.containsKey(key)) {
            throw taken(key);
        }
        Check.that(
                names.size() < MAX,
                "a node hosts at most %d jobs, services and workers; %s is one too many",
                MAX,
                key);
    }

    private static InvalidContractException taken(String key) {
        return new InvalidContractException(
                key + " is hosted by this node already; take the first one back, or name another");
    }

    Handle host(String key, Stay.Resident resident) {
        requireFree(key);
        Home home = new Home(key, KeyHash.shard(key, shards), resident);
        if (names.putIfAbsent(key, home) != null) {
            throw taken(key);
        }
        thread.post(() -> {
            homes.computeIfAbsent(home.shard, any -> new ArrayList<>()).add(home);
            home.next = tenures.get(home.shard);
            home.settle();
        });
        return home;
    }

    @Override
    public CompletionStage<?> warm(int shard) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void serve(int shard, Tenure tenure) {
        thread.post(() -> {
            tenures.put(shard, tenure);
            at(shard).forEach(home -> {
                home.next = tenure;
                home.settle();
            });
        });
    }

    private Collection<Home> at(int shard) {
        return List.copyOf(homes.getOrDefault(shard, List.of()));
    }

    @Override
    public CompletionStage<?> drain(int shard) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        thread.post(() -> {
            tenures.remove(shard);
            List<CompletableFuture<?>> open = new ArrayList<>();
            for (Home home : at(shard)) {
                home.next = null;
                if (home.stay != null) {
                    open.add(home.stay.ended().toCompletableFuture());
                    home.stay.drain();
                }
            }
            CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new))
                    .whenComplete((any, error) -> drained.complete(null));
        });
        return drained;
    }

    @Override
    public void stop(int shard) {
        thread.post(() -> {
            tenures.remove(shard);
            at(shard).forEach(Home::stop);
        });
    }

    /** What stays where, for whoever asks. */
    Map<String, Integer> shardsByKey() {
        Map<String, Integer> found = new LinkedHashMap<>();
        names.values().stream()
                .sorted(java.util.Comparator.comparing(home -> home.key))
                .forEach(home -> found.put(home.key, home.shard));
        return found;
    }

    /** Takes a resident back. */
    interface Handle extends Registration {
        /** Interrupts it, and completes when it has ended on this node. It is then free to be hosted anew. */
        CompletionStage<?> withdraw();

        @Override
        default void close() {
            withdraw();
        }
    }

    private final class Home implements Handle {
        private final String key;
        private final int shard;
        private final Stay.Resident resident;
        private final CompletableFuture<Void> gone = new CompletableFuture<>();
        private boolean withdrawn;
        private @Nullable Stay stay;
        private @Nullable Tenure next;

        Home(String key, int shard, Stay.Resident resident) {
            this.key = key;
            this.shard = shard;
            this.resident = resident;
        }

        /** Begins the next stay if the one before has ended. */
        void settle() {
            if (stay != null) {
                return;
            }
            if (withdrawn) {
                leave();
            } else if (next != null) {
                Stay begun = resident.begin(next);
                stay = begun;
                next = null;
                begun.ended().whenComplete((any, error) -> thread.post(() -> {
                    stay = null;
                    settle();
                }));
            }
        }

        void stop() {
            next = null;
            if (stay != null) {
                stay.stop();
            }
        }

        private void leave() {
            at(shard).stream()
                    .filter(home -> home == this)
                    .forEach(home -> homes.getOrDefault(shard, new ArrayList<>()).remove(home));
            names.remove(key, this);
            gone.complete(null);
        }

        @Override
        public CompletionStage<?> withdraw() {
            thread.post(() -> {
                withdrawn = true;
                stop();
                settle();
            });
            return gone.copy();
        }
    }
}
