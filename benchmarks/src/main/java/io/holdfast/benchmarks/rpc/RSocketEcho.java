package io.holdfast.benchmarks.rpc;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.ByteBufPayload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** RSocket request/response with 100 bytes and without copies (its faster payload decoder): bytes only, no record is encoded or decoded. */
final class RSocketEcho implements EchoPeer {
    private static final Duration START = Duration.ofSeconds(10);

    @Override
    public Server serve(@Nullable TlsFiles tls) throws Exception {
        TcpServer server = TcpServer.create().host("127.0.0.1").port(0);
        if (tls != null) {
            var ssl = NettyEcho.serverTls(tls);
            server = server.secure(spec -> spec.sslContext(ssl));
        }
        CloseableChannel channel = RSocketServer.create(SocketAcceptor.forRequestResponse(Mono::just))
                .payloadDecoder(PayloadDecoder.ZERO_COPY)
                .bind(TcpServerTransport.create(server))
                .block(START);
        if (channel == null) {
            throw new IllegalStateException("RSocket did not bind within " + START);
        }
        return new Server(channel.address().getPort(), channel::dispose);
    }

    @Override
    public EchoClient connect(int port, @Nullable TlsFiles tls) throws Exception {
        TcpClient client = TcpClient.create().host("127.0.0.1").port(port);
        if (tls != null) {
            var ssl = NettyEcho.clientTls(tls);
            client = client.secure(spec -> spec.sslContext(ssl));
        }
        RSocket socket = RSocketConnector.create()
                .payloadDecoder(PayloadDecoder.ZERO_COPY)
                .connect(TcpClientTransport.create(client))
                .block(START);
        if (socket == null) {
            throw new IllegalStateException("RSocket did not connect within " + START);
        }
        return new Client(socket, Login.bytes());
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Client(RSocket socket, byte[] payload) implements EchoClient {
        @Override
        public Runnable call(Caller caller) {
            return () -> socket.requestResponse(ByteBufPayload.create(payload))
                    .subscribe(answer -> check(answer, caller), caller::failed);
        }

        private void check(Payload answer, Caller caller) {
            boolean right = answer.sliceData().readableBytes() == payload.length;
            answer.release();
            if (right) {
                caller.done();
            } else {
                caller.failed(new IllegalStateException("the echo differs from what was sent"));
            }
        }

        @Override
        public void close() {
            socket.dispose();
        }
    }
}
