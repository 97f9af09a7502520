package io.holdfast.transport.netty;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Transports of one test over real sockets, closed with it. */
final class TestNodes implements AutoCloseable {
    final Environment environment = Environment.system();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<NettyTransport> started = new ArrayList<>();

    NettyTransport start(String node) {
        return start(TransportIdentity.of(node, "test"), config());
    }

    NettyTransport start(TransportIdentity identity, TransportConfig config) {
        return start(identity, config, LinkFaults.off());
    }

    NettyTransport start(TransportIdentity identity, TransportConfig config, LinkFaults faults) {
        NettyTransport transport = NettyTransport.start(identity, config, environment, meters, faults);
        started.add(transport);
        return transport;
    }

    NettyTransport echo(TransportIdentity identity, TransportConfig config) {
        NettyTransport transport = start(identity, config);
        transport.serve("echo", exchange -> exchange.reply(exchange.request().payload()));
        return transport;
    }

    NettyTransport echo(String node) {
        return echo(TransportIdentity.of(node, "test"), config());
    }

    static TransportConfig config() {
        return TransportConfig.local().withThreads(1);
    }

    static Message message(String route, String payload) {
        return new Message(route, CallContext.EMPTY, payload.getBytes(StandardCharsets.UTF_8), Lane.CALL);
    }

    static String text(CompletionStage<byte[]> stage) {
        return new String(
                stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join(), StandardCharsets.UTF_8);
    }

    /** What a stage failed with. */
    static Throwable failure(CompletionStage<?> stage) {
        try {
            Object value = stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
            throw new AssertionError("it must fail, but it brought " + value);
        } catch (ExecutionException | CompletionException e) {
            return e.getCause();
        } catch (Exception e) {
            throw new AssertionError("it must fail, but it did not end", e);
        }
    }

    double failures(String reason) {
        return meters.counter("holdfast.transport.handshake.failures", "reason", reason)
                .count();
    }

    double dropped(String reason) {
        return meters.counter("holdfast.transport.dropped", "reason", reason).count();
    }

    @Override
    public void close() {
        started.forEach(NettyTransport::close);
        environment.close();
    }
}
