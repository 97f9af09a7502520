package io.holdfast.discovery;

import io.holdfast.core.DurationText;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who waits for instances of a service: each ends with them, at its time limit, or when this node closes. Safe for use by many threads. */
final class InstanceWaiters {
    private record Waiter(ServiceName service, int count, CompletableFuture<List<ServiceInstance>> future) {}

    private final View view;
    private final Scheduler scheduler;
    private final List<Waiter> waiters = new ArrayList<>();
    private @Nullable UnavailableException closed;

    InstanceWaiters(View view, Scheduler scheduler) {
        this.view = view;
        this.scheduler = scheduler;
    }

    CompletionStage<List<ServiceInstance>> await(ServiceName service, int count, Duration timeout) {
        CompletableFuture<List<ServiceInstance>> future = new CompletableFuture<>();
        Waiter waiter = new Waiter(service, count, future);
        synchronized (waiters) {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed);
            }
            waiters.add(waiter);
        }
        Registration timer = scheduler.schedule(
                timeout,
                () -> future.completeExceptionally(new UnavailableException("service " + service + " has "
                        + ready(service).size() + " ready instances after " + DurationText.of(timeout) + ", " + count
                        + " were awaited; start more nodes that offer it or wait longer")));
        future.whenComplete((done, failure) -> {
            timer.close();
            synchronized (waiters) {
                waiters.remove(waiter);
            }
        });
        check();
        return future.minimalCompletionStage();
    }

    private List<ServiceInstance> ready(ServiceName service) {
        return view.instances(service).stream().filter(ServiceInstance::ready).toList();
    }

    /** The view has changed. */
    void check() {
        for (Waiter waiter : waiting()) {
            List<ServiceInstance> ready = ready(waiter.service());
            if (ready.size() >= waiter.count()) {
                waiter.future().complete(ready);
            }
        }
    }

    private List<Waiter> waiting() {
        synchronized (waiters) {
            return List.copyOf(waiters);
        }
    }

    void close(NodeId node) {
        UnavailableException reason = new UnavailableException(
                "node " + node + " was closed, it hears of no further instances; ask another node");
        synchronized (waiters) {
            closed = reason;
        }
        waiting().forEach(waiter -> waiter.future().completeExceptionally(reason));
    }
}
