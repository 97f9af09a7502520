package io.holdfast.benchmarks.consensus;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A thin gateway before a store in the same JVM, for a peer that has no client of its own for this: frames of a length, an operation number, a word and bytes; one thread, one flush for the answers that are
 * ready together.
 */
final class GatewayServer {
    static final int MAX_FRAME = 1 << 20;
    static final byte GET = 0;
    static final byte PUT = 1;
    static final byte DONE = 0;
    static final byte NOT_LEADER = 1;
    static final byte FAILED = 2;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private GatewayServer() {}

    static GatewayServer start(int port, KvStore store) throws InterruptedException {
        GatewayServer server = new GatewayServer();
        new ServerBootstrap()
                .group(server.group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(frames(), new Requests(store, new Answers(accepted)));
                    }
                })
                .bind(NodePorts.HOST, port)
                .sync();
        return server;
    }

    static LengthFieldBasedFrameDecoder frames() {
        return new LengthFieldBasedFrameDecoder(MAX_FRAME, 0, 4, 0, 4);
    }

    /** A frame of either direction. */
    record Frame(long number, byte word, byte[] bytes) {
        static Frame read(ByteBuf in) {
            return new Frame(in.readLong(), in.readByte(), ByteBufUtil.getBytes(in));
        }

        void write(Channel channel) {
            int length = Long.BYTES + 1 + bytes.length;
            ByteBuf out = channel.alloc().directBuffer(4 + length);
            out.writeInt(length).writeLong(number).writeByte(word).writeBytes(bytes);
            channel.write(out, channel.voidPromise());
        }
    }

    void close() {
        group.shutdownGracefully();
    }

    private static final class Requests extends SimpleChannelInboundHandler<ByteBuf> {
        private final KvStore store;
        private final Answers answers;

        Requests(KvStore store, Answers answers) {
            this.store = store;
            this.answers = answers;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            Frame request = Frame.read(in);
            KvAnswer answer = new Reply(request.number(), answers);
            byte[] key = Arrays.copyOf(request.bytes(), Keys.KEY_BYTES);
            if (request.word() == PUT) {
                store.put(key, Command.value(request.bytes()), answer);
            } else {
                store.get(key, answer);
            }
        }
    }

    private record Reply(long number, Answers answers) implements KvAnswer {
        @Override
        public void done(byte[] value) {
            answers.add(new Frame(number, DONE, value));
        }

        @Override
        public void failed(Throwable reason) {
            if (reason instanceof NotLeaderException elsewhere) {
                answers.add(new Frame(number, NOT_LEADER, new byte[] {(byte) elsewhere.leader()}));
            } else {
                answers.add(new Frame(number, FAILED, reason.toString().getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /** Answers on their way to one connection: written by any thread, sent by the event loop, as many at a time as there are. Their number is bounded by the requests of the connection's client. */
    private static final class Answers {
        private final Channel channel;
        private final Queue<Frame> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean draining = new AtomicBoolean();

        Answers(Channel channel) {
            this.channel = channel;
        }

        void add(Frame frame) {
            waiting.add(frame);
            if (draining.compareAndSet(false, true)) {
                channel.eventLoop().execute(this::drain);
            }
        }

        private void drain() {
            draining.set(false); // before the queue is read: what comes later asks for a turn of its own
            for (Frame frame = waiting.poll(); frame != null; frame = waiting.poll()) {
                frame.write(channel);
            }
            channel.flush();
        }
    }
}
