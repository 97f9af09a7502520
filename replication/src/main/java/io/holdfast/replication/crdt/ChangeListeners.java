package io.holdfast.replication.crdt;

import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Threads;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of changes, on one thread of its own. Bounded: what waits is at most each object once. Safe for use by many threads. */
final class ChangeListeners implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeListeners.class);

    private final ExecutorService executor;
    private final Map<ObjectId, List<Runnable>> listeners = new ConcurrentHashMap<>();
    private final Set<ObjectId> waiting = new HashSet<>(); // its own lock
    private boolean running; // under the lock of waiting

    ChangeListeners(Threads threads, String node) {
        executor = threads.serial("holdfast-crdt-events-" + node, 4);
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    Registration listen(ObjectId id, Runnable listener) {
        listeners.compute(id, (any, known) -> {
            List<Runnable> all = known == null ? new CopyOnWriteArrayList<>() : known;
            all.add(listener);
            return all;
        });
        return () -> listeners.computeIfPresent(id, (any, known) -> {
            known.remove(listener);
            return known.isEmpty() ? null : known;
        });
    }

    void tell(Set<ObjectId> changed) {
        synchronized (waiting) {
            changed.stream().filter(listeners::containsKey).forEach(waiting::add);
            if (waiting.isEmpty() || running) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException closed) {
            log.debug("the space is closed; listeners are told nothing more");
        }
    }

    private void run() {
        for (List<ObjectId> told = take(); !told.isEmpty(); told = take()) {
            told.forEach(id -> listeners.getOrDefault(id, List.of()).forEach(listener -> safely(id, listener)));
        }
    }

    private List<ObjectId> take() {
        synchronized (waiting) {
            List<ObjectId> taken = List.copyOf(waiting);
            waiting.clear();
            running = !taken.isEmpty();
            return taken;
        }
    }

    private static void safely(ObjectId id, Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | Error e) {
            log.error("a listener failed on a change of {}; the others are told all the same", id, e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
