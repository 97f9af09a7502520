package io.holdfast.sharding.job;

import io.holdfast.core.Check;
import io.holdfast.core.InvalidContractException;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.ShardMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What lives on this node while it owns the shard of a key. One stay at a time: if a shard is lost and comes back while the earlier stay has not ended, the next one waits. Safe for use by many threads.
 */
final class Residents implements ShardTenant {
    /** More than a program has jobs, services and workers. */
    static final int MAX = 4096;

    private final Supplier<Optional<ShardMap>> map;
    private final JobThread thread;
    private final Map<String, Home> names = new HashMap<>(); // guarded by this
    private final List<Home> homes = new ArrayList<>(); // of the thread
    private final Map<Integer, Tenure> tenures = new HashMap<>(); // of the thread

    Residents(Supplier<Optional<ShardMap>> map, JobThread thread) {
        this.map = map;
        this.thread = thread;
    }

    /** Hosts all of them, or none if a key is taken. */
    synchronized Hosted host(Map<String, Stay.Resident> residents) {
        residents.keySet().stream().filter(names::containsKey).findFirst().ifPresent(taken -> {
            throw new InvalidContractException(
                    "this node hosts " + taken + " already; take the first one back, or name another");
        });
        Check.that(
                names.size() + residents.size() <= MAX,
                "a node hosts at most %d jobs, services and workers; it hosts %d, and %d are too many",
                MAX,
                names.size(),
                residents.size());
        List<Home> hosted = new ArrayList<>();
        residents.forEach((key, resident) -> hosted.add(new Home(key, resident)));
        hosted.forEach(home -> names.put(home.key, home));
        thread.post(() -> hosted.forEach(this::moveIn));
        return () -> withdraw(hosted);
    }

    private synchronized void forget(Home home) {
        names.remove(home.key, home);
    }

    private void moveIn(Home home) {
        homes.add(home);
        Optional<ShardMap> known = map.get();
        home.next = known.isPresent() ? tenures.get(known.get().shardOf(home.key)) : null;
        home.settle();
    }

    private CompletionStage<?> withdraw(List<Home> hosted) {
        thread.post(() -> hosted.forEach(Home::withdraw));
        return CompletableFuture.allOf(hosted.stream().map(home -> home.gone).toArray(CompletableFuture<?>[]::new));
    }

    /** By the map, whose size is the same on all nodes and never changes: no two nodes look for one key in different shards. */
    private List<Home> at(int shard) {
        return map.get().stream()
                .flatMap(known -> homes.stream().filter(home -> known.shardOf(home.key) == shard))
                .toList();
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

    @Override
    public CompletionStage<?> drain(int shard) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        thread.post(() -> {
            tenures.remove(shard);
            CompletableFuture.allOf(at(shard).stream().map(Home::drain).toArray(CompletableFuture<?>[]::new))
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

    /** Interrupts all; completes, on the thread, when nothing is under way. */
    CompletableFuture<?> end() {
        CompletableFuture<Void> over = new CompletableFuture<>();
        thread.post(() -> {
            tenures.clear();
            List.copyOf(homes).forEach(Home::stop);
            CompletableFuture.allOf(homes.stream()
                            .flatMap(home -> Stream.ofNullable(home.stay))
                            .map(stay -> stay.ended().toCompletableFuture())
                            .toArray(CompletableFuture<?>[]::new))
                    .whenComplete((any, error) -> over.complete(null));
        });
        return over;
    }

    /** The place of one resident. For use by the thread of the jobs. */
    private final class Home {
        private final String key;
        private final Stay.Resident resident;
        private final CompletableFuture<Void> gone = new CompletableFuture<>();
        private boolean withdrawn;
        private @Nullable Stay stay;
        private @Nullable Tenure next;

        Home(String key, Stay.Resident resident) {
            this.key = key;
            this.resident = resident;
        }

        /** Begins the next stay if the one before has ended. */
        void settle() {
            if (stay != null) {
                return;
            }
            if (withdrawn) {
                homes.remove(this);
                forget(this);
                gone.complete(null);
            } else if (next != null) {
                Stay begun = resident.begin(next);
                stay = begun;
                next = null;
                begun.ended()
                        .whenComplete((any, error) -> thread.post(() -> {
                            stay = null;
                            settle();
                        }));
            }
        }

        CompletableFuture<?> drain() {
            next = null;
            if (stay == null) {
                return CompletableFuture.completedFuture(null);
            }
            stay.drain();
            return stay.ended().toCompletableFuture();
        }

        void stop() {
            next = null;
            if (stay != null) {
                stay.stop();
            }
        }

        void withdraw() {
            withdrawn = true;
            stop();
            settle();
        }
    }
}
