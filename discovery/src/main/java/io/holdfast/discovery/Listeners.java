package io.holdfast.discovery;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what changed, on one thread of its own so that a slow listener does not slow the protocol. That thread keeps the view as the listeners know it: a new one hears first that
 * view and then each change. Bounded: if {@value #CAPACITY} changes wait because a listener blocks, further ones are not told and an error is logged; snapshots stay right.
 */
final class Listeners implements AutoCloseable {
    static final int CAPACITY = 65_536;
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private record Watch(ServiceName service, Consumer<ServiceEvent> listener) {}

    private final View told = new View();
    private final List<Consumer<MembershipEvent>> members = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final ExecutorService executor;

    Listeners(Threads threads, String node) {
        this.executor = threads.serial("holdfast-discovery-events-" + node, CAPACITY);
    }

    void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            if (!executor.isShutdown()) {
                log.error("{} changes wait for a listener that blocks; this one is not told to listeners", CAPACITY);
            }
        }
    }

    void forget(NodeId id) {
        run(() -> told.forget(id));
    }

    void tell(MembershipEvent event) {
        run(() -> {
            told.put(event.member());
            List.copyOf(members).forEach(listener -> safely(listener, event));
        });
    }

    void tell(ServiceEvent event, Runnable after) {
        run(() -> {
            told.apply(event);
            for (Watch watch : List.copyOf(watches)) {
                if (watch.service().equals(serviceOf(event))) {
                    safely(watch.listener(), event);
                }
            }
            after.run();
        });
    }

    private static ServiceName serviceOf(ServiceEvent event) {
        return event instanceof ServiceEvent.Updated updated
                ? updated.instance().service()
                : ((ServiceEvent.Removed) event).service();
    }

    Registration listen(Consumer<MembershipEvent> listener) {
        AtomicBoolean open = new AtomicBoolean(true);
        Consumer<MembershipEvent> guarded = event -> {
            if (open.get()) {
                listener.accept(event);
            }
        };
        run(() -> {
            told.live().forEach(member -> safely(guarded, new MembershipEvent(member)));
            members.add(guarded);
        });
        return () -> {
            open.set(false);
            run(() -> members.remove(guarded));
        };
    }

    Registration watch(ServiceName service, Consumer<ServiceEvent> listener) {
        AtomicBoolean open = new AtomicBoolean(true);
        Consumer<ServiceEvent> guarded = event -> {
            if (open.get()) {
                listener.accept(event);
            }
        };
        Watch watch = new Watch(service, guarded);
        run(() -> {
            told.instances(service).forEach(instance -> safely(guarded, new ServiceEvent.Updated(instance)));
            watches.add(watch);
        });
        return () -> {
            open.set(false);
            run(() -> watches.remove(watch));
        };
    }

    static <T> void safely(Consumer<T> listener, T event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            log.error("a listener failed on {}; the others are told all the same", event, e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
