package io.holdfast.benchmarks.traffic;

import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A directory in which nothing ever changes. */
record FixedDirectory(List<ServiceInstance> all) implements ServiceDirectory {
    @Override
    public void register(ServiceInstance instance) {
        throw new UnsupportedOperationException("nothing changes here");
    }

    @Override
    public void withdraw(ServiceName service) {
        throw new UnsupportedOperationException("nothing changes here");
    }

    @Override
    public List<ServiceInstance> instances(ServiceName service) {
        return all;
    }

    @Override
    public List<ServiceName> services() {
        return all.stream().map(ServiceInstance::service).distinct().toList();
    }

    @Override
    public Registration watch(ServiceName service, Consumer<ServiceEvent> listener) {
        return () -> {};
    }

    @Override
    public CompletionStage<List<ServiceInstance>> awaitInstances(ServiceName service, int count, Duration timeout) {
        return CompletableFuture.completedFuture(all);
    }
}
