package io.holdfast.discovery.traffic;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.balance.BalancePolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A directory of one service whose instances a test sets, and what traffic policies need besides. */
final class Fleet implements ServiceDirectory {
    static final ServiceName SERVICE = ServiceName.of("catalog");

    final FlightRecorder recorder = new FlightRecorder(() -> Instant.EPOCH, FlightRecorder.DEFAULT_CAPACITY);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private List<ServiceInstance> instances = List.of();

    /** Adds instances of a version; their names go on counting. */
    Fleet with(int count, String version) {
        List<ServiceInstance> more = new ArrayList<>(instances);
        for (int i = 0; i < count; i++) {
            int number = more.size();
            more.add(new ServiceInstance(
                    SERVICE,
                    NodeId.of("n" + number),
                    Address.of("127.0.0.1", 1000 + number),
                    version,
                    "",
                    Map.of(),
                    100,
                    true,
                    List.of(1)));
        }
        instances = List.copyOf(more);
        return this;
    }

    TrafficPolicies policies(long seed, BalancePolicy balance, Map<String, TrafficPolicy> config) {
        Telemetry telemetry = new Telemetry(meters, TracerProvider.noop().get(""), new HealthChecks(), recorder);
        return new TrafficPolicies(
                new TrafficPolicies.Ground(
                        NodeId.of("caller"), "zone-a", this, telemetry, balance, new SplittableRandom(seed)::nextLong),
                new TrafficConfig(config));
    }

    List<ServiceInstance> instances() {
        return instances;
    }

    List<String> decisions(String area) {
        return recorder.entries().stream()
                .filter(entry -> entry.area().equals(area))
                .map(FlightRecorder.Entry::decision)
                .toList();
    }

    @Override
    public List<ServiceInstance> instances(ServiceName service) {
        return instances;
    }

    @Override
    public List<ServiceName> services() {
        return List.of(SERVICE);
    }

    @Override
    public void register(ServiceInstance instance) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void withdraw(ServiceName service) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Registration watch(ServiceName service, Consumer<ServiceEvent> listener) {
        return () -> {};
    }

    @Override
    public CompletionStage<List<ServiceInstance>> awaitInstances(ServiceName service, int count, Duration timeout) {
        return CompletableFuture.completedFuture(instances);
    }
}
