package io.holdfast.rpc;

import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A directory that says what a test told it. */
final class FixedDirectory implements ServiceDirectory {
    private final Map<ServiceName, List<ServiceInstance>> instances = new ConcurrentHashMap<>();

    @Override
    public void register(ServiceInstance instance) {
        instances.merge(instance.service(), List.of(instance), (old, fresh) -> {
            List<ServiceInstance> both = new ArrayList<>(old);
            both.removeIf(i -> i.node().equals(instance.node()));
            both.add(instance);
            return List.copyOf(both);
        });
    }

    @Override
    public void withdraw(ServiceName service) {
        instances.remove(service);
    }

    @Override
    public List<ServiceInstance> instances(ServiceName service) {
        return instances.getOrDefault(service, List.of());
    }

    @Override
    public List<ServiceName> services() {
        return instances.keySet().stream().sorted().toList();
    }

    @Override
    public Registration watch(ServiceName service, Consumer<ServiceEvent> listener) {
        instances(service).forEach(i -> listener.accept(new ServiceEvent.Updated(i)));
        return () -> {};
    }

    @Override
    public CompletionStage<List<ServiceInstance>> awaitInstances(ServiceName service, int count, Duration timeout) {
        return CompletableFuture.completedFuture(instances(service));
    }
}
