package io.holdfast.benchmarks.rpc;

import io.holdfast.core.Address;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import io.holdfast.transport.TlsConfig;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.netty.NettyTransport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

/** Holdfast's transport alone: requests of 100 bytes, answered on the I/O thread; bytes only, no record is encoded or decoded. With TLS both sides show a certificate. */
final class WireEcho implements EchoPeer {
    private static final String ROUTE = "echo";

    @Override
    public Server serve(@Nullable TlsFiles tls) {
        Environment environment = Environment.system();
        Transport transport = transport("server", tls, environment);
        transport.serve(ROUTE, WireEcho::reflect);
        return new Server(transport.address().port(), () -> close(transport, environment));
    }

    private static void reflect(Exchange exchange) {
        exchange.reply(exchange.request().payload());
    }

    @Override
    public EchoClient connect(int port, @Nullable TlsFiles tls) {
        Environment environment = Environment.system();
        Message message = new Message(ROUTE, CallContext.EMPTY, Login.bytes(), Lane.CALL);
        return new Client(transport("client", tls, environment), environment, Address.of("127.0.0.1", port), message);
    }

    private static Transport transport(String node, @Nullable TlsFiles tls, Environment environment) {
        TransportConfig config = TransportConfig.local();
        if (tls != null) {
            config = config.withTls(TlsConfig.of(tls.certificate(), tls.key(), tls.certificate()));
        }
        return NettyTransport.start(
                TransportIdentity.of(node, "benchmark"), config, environment, new SimpleMeterRegistry());
    }

    private static void close(Transport transport, Environment environment) {
        transport.close();
        environment.close();
    }

    private record Client(Transport transport, Environment environment, Address server, Message message)
            implements EchoClient {
        @Override
        public Runnable call(Caller caller) {
            return () -> transport.request(server, message).whenComplete((answer, e) -> check(answer, e, caller));
        }

        private void check(byte @Nullable [] answer, @Nullable Throwable error, Caller caller) {
            if (error != null) {
                caller.failed(error);
            } else if (answer == null || answer.length != message.payload().length) {
                caller.failed(new IllegalStateException("the echo differs from what was sent"));
            } else {
                caller.done();
            }
        }

        @Override
        public void close() {
            WireEcho.close(transport, environment);
        }
    }
}
