package io.holdfast.rpc;

import io.holdfast.codec.CborCodec;
import io.holdfast.codec.CodecLimits;
import io.holdfast.contract.Contract;
import io.holdfast.contract.ContractReader;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.LongAdder;

/** One node's calls over a real wire, without discovery. */
final class Wired implements AutoCloseable {
    final Environment environment = Environment.system();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Telemetry telemetry = new Telemetry(
            meters,
            TracerProvider.noop().get(""),
            new HealthChecks(),
            new FlightRecorder(environment.wallClock(), FlightRecorder.DEFAULT_CAPACITY));
    final ContractReader reader = new ContractReader(CborCodec.of(CodecLimits.standard()));
    final LongAdder active = new LongAdder();
    final NodeId node;
    final Transport transport;
    final ServiceDirectory directory;
    final ExecutorService handlers;
    private final int maxConcurrent;

    Wired(String name, ServiceDirectory directory, int maxConcurrent) {
        this.node = NodeId.of(name);
        this.directory = directory;
        this.maxConcurrent = maxConcurrent;
        this.transport =
                NettyTransport.start(TransportIdentity.of(name, "test"), TransportConfig.local(), environment, meters);
        this.handlers = environment.threads().handlers("handler-" + name, maxConcurrent);
    }

    ServiceServer host(Object implementation) {
        Contract contract =
                reader.read(ContractReader.contractsOf(implementation).get(0));
        RpcTracing tracing = new RpcTracing(telemetry.tracer());
        ServiceServer server = ServiceServer.start(
                contract,
                implementation,
                new ServerSide(
                        node,
                        transport,
                        environment.clock(),
                        handlers,
                        maxConcurrent,
                        telemetry,
                        tracing,
                        new CorrelationIds(environment.random()),
                        active));
        directory.register(new ServiceInstance(
                contract.service(),
                node,
                transport.address(),
                contract.version(),
                "",
                Map.of(),
                ServiceInstance.DEFAULT_WEIGHT,
                true,
                contract.hashes()));
        return server;
    }

    <T> T client(Class<T> contract, Duration timeout) {
        ClientSide side = new ClientSide(
                node,
                transport,
                directory,
                environment.clock(),
                telemetry,
                new RpcTracing(telemetry.tracer()),
                timeout);
        return contract.cast(ServiceClient.of(reader.read(contract), side, null));
    }

    @Override
    public void close() {
        transport.close();
        handlers.shutdownNow();
        environment.close();
    }
}
