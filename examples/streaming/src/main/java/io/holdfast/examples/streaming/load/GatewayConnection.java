package io.holdfast.examples.streaming.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection to a gateway that carries one request at a time and is kept for the next. For use by the load's thread. */
final class GatewayConnection {
    private final int gateway;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final AnswerReader reader = new AnswerReader();
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private @Nullable Flight flight;

    /** Begins to connect. */
    GatewayConnection(int gateway, InetSocketAddress address, Selector selector) throws IOException {
        this.gateway = gateway;
        channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            if (channel.connect(address)) {
                key.interestOps(SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    int gateway() {
        return gateway;
    }

    @Nullable Flight flight() {
        return flight;
    }

    boolean open() {
        return channel.isOpen();
    }

    boolean keepAlive() {
        return reader.keepAlive();
    }

    /** Sends a request as soon as the connection stands. */
    void send(Flight next) throws IOException {
        flight = next;
        unsent = ByteBuffer.wrap(next.shot().bytes());
        if (channel.isConnected()) {
            write();
        }
    }

    /** Does what the connection is ready for; returns an answer once one is whole. */
    @Nullable HttpAnswer proceed(ByteBuffer buffer) throws IOException {
        if (key.isConnectable() && channel.finishConnect()) {
            write();
        } else if (key.isWritable()) {
            write();
        }
        return key.isReadable() ? read(buffer) : null;
    }

    private void write() throws IOException {
        channel.write(unsent);
        key.interestOps(unsent.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private @Nullable HttpAnswer read(ByteBuffer buffer) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            throw new IOException(reader.begun() ? "closed within an answer" : "closed before an answer");
        }
        HttpAnswer answer = reader.take(buffer.flip());
        if (answer != null && flight == null) {
            throw new IOException("the gateway answered without a request");
        }
        return answer;
    }

    void free() {
        flight = null;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is of no more use either way
        }
    }
}
