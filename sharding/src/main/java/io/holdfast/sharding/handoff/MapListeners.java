package io.holdfast.sharding.handoff;

import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Threads;
import io.holdfast.sharding.map.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of new maps, on one thread of its own so that a slow one does not slow the protocol. Bounded: if {@value #CAPACITY} maps wait, further ones are not told and an error is logged. */
final class MapListeners implements AutoCloseable {
    static final int CAPACITY = 4096;
    private static final Logger log = LoggerFactory.getLogger(MapListeners.class);

    private final ExecutorService executor;

    // of the executor's thread
    private final List<Consumer<ShardMap>> listeners = new ArrayList<>();
    private ShardMap told;

    MapListeners(Threads threads, String node, ShardMap first) {
        this.executor = threads.serial("holdfast-shards-events-" + node, CAPACITY);
        this.told = first;
    }

    private void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            if (!executor.isShutdown()) {
                log.error("{} maps wait for a listener that blocks; this one is not told to listeners", CAPACITY);
            }
        }
    }

    void tell(ShardMap map) {
        run(() -> {
            told = map;
            List.copyOf(listeners).forEach(listener -> safely(listener, map));
        });
    }

    Registration listen(Consumer<ShardMap> listener) {
        run(() -> {
            safely(listener, told);
            listeners.add(listener);
        });
        return () -> run(() -> listeners.remove(listener));
    }

    private static void safely(Consumer<ShardMap> listener, ShardMap map) {
        try {
            listener.accept(map);
        } catch (RuntimeException e) {
            log.error("a listener failed on map {}; the others are told all the same", map.revision(), e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
