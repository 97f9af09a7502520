package io.holdfast.benchmarks.rpc;

import com.google.rpc.context.AttributeContext;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * grpc-java as its generated stubs use it: {@code ClientCalls} and {@code ServerCalls} with protobuf's own marshaller and classes made by protoc. The record is built for each call and read from each
 * answer, as a service does.
 */
final class GrpcEcho implements EchoPeer {
    private static final MethodDescriptor<AttributeContext.Peer, AttributeContext.Peer> ECHO =
            MethodDescriptor.<AttributeContext.Peer, AttributeContext.Peer>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("benchmark.Echo/Echo")
                    .setRequestMarshaller(ProtoUtils.marshaller(AttributeContext.Peer.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(AttributeContext.Peer.getDefaultInstance()))
                    .build();

    private final boolean direct;
    private final boolean blocking;

    /**
     * A way to use it.
     *
     * @param direct whether handlers and callbacks run on the I/O threads; by default they run on a pool
     * @param blocking whether the caller waits
     */
    GrpcEcho(boolean direct, boolean blocking) {
        this.direct = direct;
        this.blocking = blocking;
    }

    @Override
    public Server serve(@Nullable TlsFiles tls) throws Exception {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(ServerServiceDefinition.builder("benchmark.Echo")
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcEcho::echo))
                        .build());
        if (direct) {
            builder.directExecutor();
        }
        if (tls != null) {
            var ssl = SslContextBuilder.forServer(
                    tls.certificate().toFile(), tls.key().toFile());
            builder.sslContext(GrpcSslContexts.configure(ssl, SslProvider.JDK)
                    .protocols("TLSv1.3")
                    .build());
        }
        io.grpc.Server server = builder.build().start();
        return new Server(server.getPort(), server::shutdownNow);
    }

    private static void echo(AttributeContext.Peer request, StreamObserver<AttributeContext.Peer> answer) {
        answer.onNext(Login.of(request).toProtobuf());
        answer.onCompleted();
    }

    @Override
    public EchoClient connect(int port, @Nullable TlsFiles tls) throws Exception {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress("127.0.0.1", port);
        if (direct) {
            builder.directExecutor();
        }
        if (tls == null) {
            builder.negotiationType(NegotiationType.PLAINTEXT);
        } else {
            builder.overrideAuthority("localhost")
                    .sslContext(GrpcSslContexts.configure(
                                    SslContextBuilder.forClient()
                                            .trustManager(tls.certificate().toFile()),
                                    SslProvider.JDK)
                            .protocols("TLSv1.3")
                            .build());
        }
        return new Client(builder.build(), blocking);
    }

    private record Client(ManagedChannel channel, boolean blocking) implements EchoClient {
        @Override
        public Runnable call(Caller caller) {
            return blocking ? () -> callAndWait(caller) : () -> callLater(caller);
        }

        private void callAndWait(Caller caller) {
            try {
                check(
                        ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, Login.SAMPLE.toProtobuf()),
                        caller);
            } catch (RuntimeException e) {
                caller.failed(e);
            }
        }

        private void callLater(Caller caller) {
            ClientCalls.asyncUnaryCall(
                    channel.newCall(ECHO, CallOptions.DEFAULT), Login.SAMPLE.toProtobuf(), new Answer(caller));
        }

        static void check(AttributeContext.Peer answer, Caller caller) {
            if (Login.of(answer).port() == Login.SAMPLE.port()) {
                caller.done();
            } else {
                caller.failed(new IllegalStateException("the echo differs from what was sent"));
            }
        }

        @Override
        public void close() throws InterruptedException {
            channel.shutdownNow().awaitTermination(3, TimeUnit.SECONDS);
        }
    }

    private static final class Answer implements StreamObserver<AttributeContext.Peer> {
        private final Caller caller;
        private AttributeContext.Peer message = AttributeContext.Peer.getDefaultInstance();

        Answer(Caller caller) {
            this.caller = caller;
        }

        @Override
        public void onNext(AttributeContext.Peer value) {
            message = value;
        }

        @Override
        public void onError(Throwable reason) {
            caller.failed(reason);
        }

        @Override
        public void onCompleted() {
            Client.check(message, caller);
        }
    }
}
