package io.holdfast.benchmarks.rpc;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.core.ServiceName;
import io.holdfast.service.NonBlocking;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two Holdfast nodes with their defaults (discovery, metrics and admin endpoint on) and the real service client. With TLS both sides show a certificate. */
final class HoldfastEcho implements EchoPeer {
    private static final Duration START = Duration.ofSeconds(20);

    private final Style style;

    /** Which of the contract's methods is called. */
    enum Style {
        SYNC,
        LATER,
        INLINE
    }

    HoldfastEcho(Style style) {
        this.style = style;
    }

    @Override
    public Server serve(@Nullable TlsFiles tls) {
        HoldfastNode node = node("server", tls).start();
        node.host(new Reflector());
        node.awaitReady(START);
        return new Server(node.address().port(), node);
    }

    @Override
    public EchoClient connect(int port, @Nullable TlsFiles tls) throws Exception {
        HoldfastNode node = node("client", tls).seeds("127.0.0.1:" + port).start();
        node.awaitReady(START);
        node.services()
                .awaitInstances(ServiceName.of("echo"), 1, START)
                .toCompletableFuture()
                .get(START.toSeconds(), TimeUnit.SECONDS);
        return new Client(node, node.client(Echo.class), style);
    }

    private static NodeBuilder node(String id, @Nullable TlsFiles tls) {
        NodeBuilder builder = Holdfast.node(id).bind("127.0.0.1", 0).admin(0);
        if (tls != null) {
            builder.set("holdfast.transport.tls.certificate", tls.certificate().toString())
                    .set("holdfast.transport.tls.key", tls.key().toString())
                    .set("holdfast.transport.tls.ca", tls.certificate().toString());
        }
        return builder;
    }

    private static final class Reflector implements Echo {
        @Override
        public Login echo(Login login) {
            return login;
        }

        @Override
        public CompletionStage<Login> echoLater(Login login) {
            return CompletableFuture.completedFuture(login);
        }

        @Override
        @NonBlocking
        public CompletionStage<Login> echoInline(Login login) {
            return CompletableFuture.completedFuture(login);
        }
    }

    private record Client(HoldfastNode node, Echo echo, Style style) implements EchoClient {
        @Override
        public Runnable call(Caller caller) {
            return switch (style) {
                case SYNC -> () -> callAndWait(caller);
                case LATER -> () -> echo.echoLater(Login.SAMPLE).whenComplete((answer, e) -> check(answer, e, caller));
                case INLINE ->
                    () -> echo.echoInline(Login.SAMPLE).whenComplete((answer, e) -> check(answer, e, caller));
            };
        }

        private void callAndWait(Caller caller) {
            try {
                check(echo.echo(Login.SAMPLE), null, caller);
            } catch (RuntimeException e) {
                caller.failed(e);
            }
        }

        private static void check(@Nullable Login answer, @Nullable Throwable error, Caller caller) {
            if (error != null) {
                caller.failed(error);
            } else if (answer == null || answer.port() != Login.SAMPLE.port()) {
                caller.failed(new IllegalStateException("the echo differs from what was sent"));
            } else {
                caller.done();
            }
        }

        @Override
        public boolean blocking() {
            return style == Style.SYNC;
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
