package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.consensus.GatewayServer.Frame;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The other end of {@link GatewayServer}: a connection to each node, operations to the one that leads. It learns of another leader from a refused operation, which it sends again, or from a lost connection,
 * whose open operations fail with an unknown outcome. One thread. Open operations are bounded by the load.
 */
final class GatewayClient implements KvClient {
    private static final int RECONNECT_MILLIS = 50;
    private static final int ASK_AGAIN_MILLIS = 5;
    private static final int MAX_TRIES = 2_000;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Queue<Operation> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final List<Connection> connections = new ArrayList<>();
    private int target; // on the loop only, like the connections' state
    private long numbers;
    private boolean closed;

    private GatewayClient(int leader) {
        this.target = leader;
    }

    static GatewayClient connect(ClientPlan plan) {
        GatewayClient client = new GatewayClient(plan.leader());
        for (NodePorts node : plan.nodes()) {
            client.connections.add(client.new Connection(node.clients()));
        }
        client.loop.execute(() -> client.connections.forEach(Connection::open));
        return client;
    }

    private static final class Operation {
        final byte word;
        final byte[] bytes;
        final KvAnswer answer;
        int tries;

        Operation(byte word, byte[] bytes, KvAnswer answer) {
            this.word = word;
            this.bytes = bytes;
            this.answer = answer;
        }
    }

    @Override
    public void put(byte[] key, byte[] value, KvAnswer answer) {
        submit(new Operation(GatewayServer.PUT, Command.of(key, value), answer));
    }

    @Override
    public void get(byte[] key, KvAnswer answer) {
        submit(new Operation(GatewayServer.GET, key, answer));
    }

    private void submit(Operation operation) {
        submitted.add(operation);
        if (draining.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }

    private void drain() {
        draining.set(false); // before the queue is read: what comes later asks for a turn of its own
        for (Operation operation = submitted.poll(); operation != null; operation = submitted.poll()) {
            send(operation);
        }
        connections.forEach(Connection::flush);
    }

    private void send(Operation operation) {
        if (++operation.tries > MAX_TRIES) {
            operation.answer.failed(new IOException("no leader was found"));
            return;
        }
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.get(target);
            if (connection.channel != null) {
                connection.write(operation);
                return;
            }
            target = (target + 1) % connections.size();
        }
        later(operation);
    }

    private void later(Operation operation) {
        loop.schedule(() -> submit(operation), ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void answered(int node, Operation operation, Frame frame) {
        switch (frame.word()) {
            case GatewayServer.DONE -> operation.answer.done(frame.bytes());
            case GatewayServer.NOT_LEADER -> {
                int leader = frame.bytes()[0];
                if (leader >= 0 && leader != node && connections.get(leader).channel != null) {
                    target = leader;
                    submit(operation);
                } else {
                    target = (node + 1) % connections.size();
                    later(operation);
                }
            }
            default -> operation.answer.failed(new IOException(new String(frame.bytes(), StandardCharsets.UTF_8)));
        }
    }

    @Override
    public void close() {
        loop.execute(() -> closed = true);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
        private final int port;
        private Map<Long, Operation> open = new HashMap<>();
        private @Nullable Channel channel;

        Connection(int port) {
            this.port = port;
        }

        @Override
        public boolean isSharable() {
            return true; // one channel at a time, one after the other
        }

        void open() {
            if (closed) {
                return;
            }
            ChannelFuture connecting = new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel connected) {
                            connected.pipeline().addLast(GatewayServer.frames(), Connection.this);
                        }
                    })
                    .connect(NodePorts.HOST, port);
            connecting.addListener(result -> {
                if (!result.isSuccess()) {
                    openAgain();
                }
            });
        }

        private void openAgain() {
            if (!closed) {
                loop.schedule(this::open, RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        void write(Operation operation) {
            Channel connected = channel;
            if (connected != null) {
                long number = numbers++;
                open.put(number, operation);
                new Frame(number, operation.word, operation.bytes).write(connected);
            }
        }

        void flush() {
            if (channel != null) {
                channel.flush();
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            channel = null;
            Map<Long, Operation> lost = open;
            open = new HashMap<>();
            lost.values()
                    .forEach(operation ->
                            operation.answer.failed(new IOException("the connection was lost; outcome unknown")));
            openAgain();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            Frame frame = Frame.read(in);
            Operation operation = open.remove(frame.number());
            if (operation != null) {
                answered(connections.indexOf(this), operation, frame);
            }
        }
    }
}
