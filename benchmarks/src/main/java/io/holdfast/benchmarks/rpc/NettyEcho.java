package io.holdfast.benchmarks.rpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The bound: frames of a length, a stream id and 100 bytes on Netty, one thread a side, one flush for each burst of reads. No product. */
final class NettyEcho implements EchoPeer {
    private static final int HEADER = 8;

    @Override
    public Server serve(@Nullable TlsFiles tls) throws Exception {
        SslContext ssl = tls == null ? null : serverTls(tls);
        EventLoopGroup group = loop();
        Channel channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        if (ssl != null) {
                            accepted.pipeline().addLast(ssl.newHandler(accepted.alloc()));
                        }
                        accepted.pipeline().addLast(frames(), new Reflector());
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) channel.localAddress()).getPort();
        return new Server(port, group::shutdownGracefully);
    }

    @Override
    public EchoClient connect(int port, @Nullable TlsFiles tls) throws Exception {
        SslContext ssl = tls == null ? null : clientTls(tls);
        EventLoopGroup group = loop();
        Calls calls = new Calls();
        Channel channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connected) {
                        if (ssl != null) {
                            connected.pipeline().addLast(ssl.newHandler(connected.alloc(), "localhost", port));
                        }
                        connected.pipeline().addLast(frames(), calls);
                    }
                })
                .connect("127.0.0.1", port)
                .sync()
                .channel();
        return new Client(group, channel, calls);
    }

    static SslContext serverTls(TlsFiles tls) throws Exception {
        return SslContextBuilder.forServer(tls.certificate().toFile(), tls.key().toFile())
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .build();
    }

    static SslContext clientTls(TlsFiles tls) throws Exception {
        return SslContextBuilder.forClient()
                .trustManager(tls.certificate().toFile())
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .build();
    }

    private static EventLoopGroup loop() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    private static LengthFieldBasedFrameDecoder frames() {
        return new LengthFieldBasedFrameDecoder(4 << 20, 0, 4);
    }

    private static final class Reflector extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            context.write(frame, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    /** The calls in flight by stream id, on the event loop only. */
    private static final class Calls extends ChannelInboundHandlerAdapter {
        private final Queue<Integer> free = new ArrayDeque<>();
        private Caller[] callers = new Caller[0];
        private final byte[] payload = Login.bytes();

        void send(Channel channel, Caller caller) {
            Integer id = free.poll();
            int stream = id == null ? callers.length : id;
            if (id == null) {
                callers = Arrays.copyOf(callers, stream + 1);
            }
            callers[stream] = caller;
            ByteBuf frame = channel.alloc().directBuffer(HEADER + payload.length);
            frame.writeInt(4 + payload.length).writeInt(stream).writeBytes(payload);
            channel.write(frame, channel.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf frame = (ByteBuf) message;
            int stream = frame.getInt(4);
            boolean right = frame.readableBytes() == HEADER + payload.length
                    && frame.getByte(frame.writerIndex() - 1) == payload[payload.length - 1];
            frame.release();
            free.add(stream);
            Caller caller = callers[stream];
            if (right) {
                caller.done();
            } else {
                caller.failed(new IllegalStateException("the echo differs from what was sent"));
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }

    private record Client(EventLoopGroup group, Channel channel, Calls calls) implements EchoClient {
        @Override
        public Runnable call(Caller caller) {
            return () -> {
                if (channel.eventLoop().inEventLoop()) {
                    calls.send(channel, caller); // an answer brought us here: flushed when its burst ends
                } else {
                    channel.eventLoop().execute(() -> {
                        calls.send(channel, caller);
                        channel.flush();
                    });
                }
            };
        }

        @Override
        public void close() {
            group.shutdownGracefully();
        }
    }
}
