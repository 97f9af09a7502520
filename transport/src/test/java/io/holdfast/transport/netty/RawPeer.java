package io.holdfast.transport.netty;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A peer that writes its bytes by hand, well or badly. */
final class RawPeer implements AutoCloseable {
    private final ServerSocket listener;

    private RawPeer(ServerSocket listener) {
        this.listener = listener;
    }

    static RawPeer listen() throws IOException {
        return new RawPeer(new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1")));
    }

    Address address() {
        return Address.of("127.0.0.1", listener.getLocalPort());
    }

    static byte[] hello(String node) {
        return hello(node, 1, 1);
    }

    static byte[] hello(String node, int lowest, int highest) {
        ByteBuf all = Unpooled.buffer();
        FrameWriter writer = new FrameWriter(UnpooledByteBufAllocator.DEFAULT, bytes -> {
            all.writeBytes(bytes);
            bytes.release();
        });
        new Hello(lowest, highest, 1 << 20, NodeId.of(node), Address.of("127.0.0.1", 1), "test", "").write(writer);
        writer.handOver();
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    static Socket connect(Address to) throws IOException {
        Socket socket = new Socket(to.host(), to.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Connects and exchanges hellos. */
    static Socket greeted(Address to, String node) throws IOException {
        Socket socket = connect(to);
        socket.getOutputStream().write(hello(node));
        readFrame(socket);
        return socket;
    }

    /** Reads one frame: its type and body. */
    static byte[] readFrame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    void acceptGreetReadFrameAndReset() throws IOException {
        try (Socket socket = accept()) {
            readFrame(socket);
            socket.setSoLinger(true, 0);
        }
    }

    /** Ends when the node closes the connection. */
    void acceptGreetReadFrameAndAnswer(byte[] bytes) throws IOException {
        try (Socket socket = accept()) {
            readFrame(socket);
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
        }
    }

    /** Takes one connection and exchanges hellos. */
    Socket accept() throws IOException {
        Socket socket = listener.accept();
        socket.setSoTimeout(20_000);
        readFrame(socket);
        socket.getOutputStream().write(hello("raw"));
        return socket;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
