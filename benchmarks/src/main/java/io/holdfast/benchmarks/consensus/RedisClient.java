package io.holdfast.benchmarks.consensus;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Two commands of Redis' protocol, RESP 2, written by hand over Netty on one connection, since that costs the client less than a general client does. Answers come in the order of the commands; what waits together is sent together. */
final class RedisClient implements KvClient {
    private static final int CRLF = 2;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Queue<Operation> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Queue<KvAnswer> open = new ArrayDeque<>(); // on the loop only; bounded by the load
    private final Channel channel;

    private RedisClient(int port) throws InterruptedException {
        this.channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel connected) {
                        connected.pipeline().addLast(new Replies());
                    }
                })
                .connect(NodePorts.HOST, port)
                .sync()
                .channel();
    }

    static RedisClient connect(int port) throws InterruptedException {
        return new RedisClient(port);
    }

    private record Operation(KvAnswer answer, byte[]... words) {}

    @Override
    public void put(byte[] key, byte[] value, KvAnswer answer) {
        submit(new Operation(answer, ascii("SET"), key, value));
    }

    @Override
    public void get(byte[] key, KvAnswer answer) {
        submit(new Operation(answer, ascii("GET"), key));
    }

    private void submit(Operation operation) {
        submitted.add(operation);
        if (draining.compareAndSet(false, true)) {
            channel.eventLoop().execute(this::drain);
        }
    }

    private void drain() {
        draining.set(false); // before the queue is read: what comes later asks for a turn of its own
        for (Operation operation = submitted.poll(); operation != null; operation = submitted.poll()) {
            if (channel.isActive()) {
                open.add(operation.answer());
                write(operation);
            } else {
                operation.answer().failed(new IOException("the connection was lost"));
            }
        }
        channel.flush();
    }

    private void write(Operation operation) {
        ByteBuf out = channel.alloc().directBuffer(256);
        out.writeBytes(ascii("*" + operation.words().length + "\r\n"));
        for (byte[] word : operation.words()) {
            out.writeBytes(ascii("$" + word.length + "\r\n")).writeBytes(word).writeBytes(ascii("\r\n"));
        }
        channel.write(out, channel.voidPromise());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Reads {@code +OK}, {@code $<length>} with that many bytes, and {@code -<error>}. */
    private final class Replies extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> unused) {
            int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
            if (end < 0) {
                return;
            }
            int begin = in.readerIndex();
            char kind = (char) in.getByte(begin);
            String rest = in.toString(begin + 1, end - 1 - (begin + 1), StandardCharsets.US_ASCII);
            int length = kind == '$' ? Integer.parseInt(rest) : -1;
            if (length >= 0 && in.writerIndex() < end + 1 + length + CRLF) {
                return;
            }
            in.readerIndex(end + 1);
            KvAnswer answer = open.remove();
            if (length >= 0) {
                byte[] value = ByteBufUtil.getBytes(in, in.readerIndex(), length);
                in.skipBytes(length + CRLF);
                answer.done(value);
            } else if (kind == '-') {
                answer.failed(new IOException(rest));
            } else {
                answer.done(NOTHING);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            for (KvAnswer answer = open.poll(); answer != null; answer = open.poll()) {
                answer.failed(new IOException("the connection was lost; outcome unknown"));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
