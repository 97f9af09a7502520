package io.holdfast.benchmarks.membership;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.Discovery;
import io.holdfast.discovery.DiscoveryConfig;
import io.holdfast.discovery.swim.SwimConfig;
import io.holdfast.discovery.swim.SwimIdentity;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Holdfast's discovery on its transport, without the rest of a node, with one of its own presets. */
final class HoldfastMembers implements MemberFactory {
    private static final String CLUSTER = "benchmark";

    private final SwimConfig preset;

    private HoldfastMembers(SwimConfig preset) {
        this.preset = preset;
    }

    static MemberFactory lan() {
        return new HoldfastMembers(SwimConfig.lan());
    }

    static MemberFactory local() {
        return new HoldfastMembers(SwimConfig.local());
    }

    @Override
    public ClusterMember start(String name, String seed, Runnable changed) {
        Environment environment = Environment.system();
        Telemetry telemetry = new Telemetry(
                new SimpleMeterRegistry(),
                OpenTelemetry.noop().getTracer("benchmark"),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 256));
        AtomicReference<@Nullable Discovery> known = new AtomicReference<>();
        NettyTransport transport = NettyTransport.start(
                TransportIdentity.of(name, CLUSTER).withClusterId(() -> clusterId(known.get())),
                TransportConfig.local(),
                environment,
                telemetry.meters());
        Discovery discovery = Discovery.of(
                        new SwimIdentity(CLUSTER, NodeId.of(name), transport.address(), ""),
                        transport,
                        environment,
                        telemetry)
                .config(DiscoveryConfig.lan().withSwim(preset).withSeeds(seed.isEmpty() ? List.of() : List.of(seed)))
                .start();
        known.set(discovery);
        discovery.listen(event -> changed.run());
        return new Running(transport, discovery);
    }

    private static Optional<String> clusterId(@Nullable Discovery discovery) {
        return discovery == null ? Optional.empty() : discovery.clusterId();
    }

    private record Running(NettyTransport transport, Discovery discovery) implements ClusterMember {
        @Override
        public String address() {
            return transport.address().toString();
        }

        @Override
        public int size() {
            return discovery.members().size();
        }
    }
}
