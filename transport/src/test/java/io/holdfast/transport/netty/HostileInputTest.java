package io.holdfast.transport.netty;

import static io.holdfast.transport.netty.TestNodes.config;
import static io.holdfast.transport.netty.TestNodes.failure;
import static io.holdfast.transport.netty.TestNodes.message;
import static io.holdfast.transport.netty.TestNodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.holdfast.core.Address;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.config.DataSize;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.TransportLimits;
import io.holdfast.transport.TransportTiming;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** Bytes from people who mean no good, over real sockets: the node stays up, closes the connection and says why in one line. */
@Isolated // it reads the log of the transport, and counts its lines
class HostileInputTest {
    private final TestNodes nodes = new TestNodes();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(NettyTransport.class);

    @BeforeEach
    void listenToTheLog() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        nodes.close();
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    private List<String> log() {
        synchronized (lines) {
            return new ArrayList<>(lines.list)
                    .stream().map(ILoggingEvent::getFormattedMessage).toList();
        }
    }

    @Test
    void randomBytesCloseTheConnectionAndNothingElse() throws Exception {
        NettyTransport node = nodes.echo("a");
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(1, 2000)];
            random.nextBytes(bytes);
            bytes[0] |= 1; // a length beyond the bound, whatever follows
            assertThat(closes(node.address(), bytes)).isTrue();
        }
        assertStillServes(node);
        assertThat(log())
                .as("one rate-limited line")
                .hasSize(1)
                .first()
                .asString()
                .contains("must be 1 to 4096");
    }

    @Test
    void randomFramesAfterHelloCloseTheConnectionOrAreRefused() throws Exception {
        NettyTransport node = nodes.echo("a");
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 300; i++) {
            try (Socket socket = RawPeer.greeted(node.address(), "fuzz")) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                for (int frame = 0; frame < 20; frame++) {
                    byte[] body = new byte[random.nextInt(0, 60)];
                    random.nextBytes(body);
                    out.write(ByteBuffer.allocate(5)
                            .putInt(body.length + 1)
                            .put((byte) random.nextInt(0, 20))
                            .array());
                    out.write(body);
                }
                out.write(new byte[] {0, 0, 0, 0}); // a length of zero ends it in any case
                writeUntilClosed(socket, out.toByteArray());
                assertThat(drainsToEnd(socket)).isTrue();
            }
        }
        assertStillServes(node);
        assertThat(log()).hasSizeLessThan(5);
    }

    @Test
    void framesOutOfOrderAreRefused() throws Exception {
        NettyTransport node = nodes.echo("a");
        byte[] ping = {0, 0, 0, 9, FrameType.PING, 0, 0, 0, 0, 0, 0, 0, 1};
        assertThat(closes(node.address(), ping)).as("a frame before hello").isTrue();
        try (Socket socket = RawPeer.greeted(node.address(), "twice")) {
            writeUntilClosed(socket, RawPeer.hello("twice"));
            assertThat(drainsToEnd(socket)).as("a second hello").isTrue();
        }
        try (Socket socket = RawPeer.greeted(node.address(), "answer")) {
            writeUntilClosed(socket, new byte[] {0, 0, 0, 5, FrameType.RESPONSE, 0, 0, 0, 1});
            assertThat(drainsToEnd(socket))
                    .as("an answer to a question that nobody asked")
                    .isTrue();
        }
        assertStillServes(node);
    }

    @Test
    void aBrokenFrameEndsTheConnectionAndTheWorkOfItsPeerWhoMayComeBack() throws Exception {
        NettyTransport node = nodes.echo("a");
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        node.serve("hold", exchange -> {
            exchange.onCancel(() -> cancelled.complete(null));
            begun.complete(null);
        });
        try (Socket socket = RawPeer.greeted(node.address(), "broken")) {
            byte[] request = {0, 0, 0, 12, FrameType.REQUEST, 0, 0, 0, 1, 1, 4, 'h', 'o', 'l', 'd', 0};
            socket.getOutputStream().write(request);
            begun.get(30, TimeUnit.SECONDS);
            writeUntilClosed(socket, new byte[] {0, 0, 0, 2, FrameType.CANCEL, 0});
            assertThat(drainsToEnd(socket)).isTrue();
        }
        cancelled.get(30, TimeUnit.SECONDS);
        assertThat(nodes.dropped("malformed")).isEqualTo(1);
        assertThat(log()).singleElement().asString().contains("node broken", "broke the protocol and was closed");
        RawPeer.greeted(node.address(), "broken").close();
        assertStillServes(node);
    }

    @Test
    void aBrokenAnswerLeavesTheCallUnknownAndTheNextOneConnectsAnew() throws Exception {
        try (RawPeer peer = RawPeer.listen()) {
            NettyTransport node = nodes.start("a");
            for (int attempt = 0; attempt < 2; attempt++) {
                CompletableFuture<byte[]> answer = node.request(peer.address(), message("echo", ""));
                peer.acceptGreetReadFrameAndAnswer(new byte[] {0, 0, 0, 2, FrameType.RESPONSE, 0});
                assertThat(failure(answer))
                        .isInstanceOf(UnknownOutcomeException.class)
                        .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThat(log()).singleElement().asString().contains("broke the protocol");
        }
    }

    @Test
    void anUnknownVersionGetsAMessage() throws Exception {
        NettyTransport node = nodes.echo("a");
        try (Socket socket = RawPeer.connect(node.address())) {
            socket.getOutputStream().write(RawPeer.hello("future", 7, 9));
            byte[] refuse = RawPeer.readFrame(socket);
            assertThat(refuse[0]).isEqualTo(FrameType.REFUSE);
            assertThat(new String(refuse, 2, refuse.length - 2, StandardCharsets.UTF_8))
                    .contains("(7 to 9) must overlap with 1 to 1");
            assertThat(drainsToEnd(socket)).isTrue();
        }
        assertThat(nodes.failures("version")).isEqualTo(1);
    }

    @Test
    void anOversizedFrameIsRefusedBeforeItArrives() throws Exception {
        NettyTransport node =
                nodes.echo(TransportIdentity.of("a", "test"), config().withMaxFrameSize(new DataSize(64 * 1024)));
        try (Socket socket = RawPeer.greeted(node.address(), "big")) {
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(5)
                            .putInt(0x7FFFFFFF)
                            .put(FrameType.REQUEST)
                            .array());
            assertThat(drainsToEnd(socket)).isTrue();
        }
        assertThat(log()).hasSize(1).first().asString().contains("node big").contains("frame length (2147483647)");
    }

    @Test
    void whoSaysNothingIsClosed() throws Exception {
        NettyTransport node = nodes.echo(
                TransportIdentity.of("a", "test"),
                config().withTiming(TransportTiming.defaults().withHandshakeTimeout(Duration.ofMillis(100))));
        try (Socket silent = RawPeer.connect(node.address());
                Socket slow = RawPeer.connect(node.address())) {
            slow.getOutputStream().write(RawPeer.hello("slow"), 0, 9);
            assertThat(drainsToEnd(silent)).isTrue();
            assertThat(drainsToEnd(slow)).isTrue();
        }
        await().untilAsserted(() -> assertThat(nodes.failures("timeout")).isEqualTo(2));
        assertThat(log()).hasSize(1).first().asString().contains("did not say hello within 100ms");
        assertStillServes(node);
    }

    @Test
    void hundredsOfHalfOpenConnectionsAreBoundedAndANodeStillGetsIn() throws Exception {
        halfOpen(500, 50);
    }

    @Test
    @Tag("slow")
    void tenThousandHalfOpenConnectionsAreBoundedAndANodeStillGetsIn() throws Exception {
        halfOpen(10_000, 256);
    }

    private void halfOpen(int count, int bound) throws Exception {
        NettyTransport node = nodes.echo(
                TransportIdentity.of("a", "test"),
                config().withLimits(TransportLimits.defaults().withConnections(100, bound)));
        List<SocketChannel> open = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel silent = SocketChannel.open();
                silent.connect(new InetSocketAddress(
                        node.address().host(), node.address().port()));
                open.add(silent);
            }
            await().untilAsserted(() -> assertThat(nodes.failures("evicted")).isEqualTo(count - bound));
            assertStillServes(node);
            assertThat(log()).hasSize(1).first().asString().contains(bound + " connections have not said hello");
        } finally {
            for (SocketChannel silent : open) {
                silent.close();
            }
        }
    }

    private void assertStillServes(NettyTransport node) {
        NettyTransport peer = nodes.start("peer");
        assertThat(text(peer.request(node.address(), message("echo", "still here"))))
                .isEqualTo("still here");
    }

    private static boolean closes(Address to, byte[] bytes) throws IOException {
        try (Socket socket = RawPeer.connect(to)) {
            writeUntilClosed(socket, bytes);
            return drainsToEnd(socket);
        }
    }

    private static void writeUntilClosed(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException closedMeanwhile) {
            assertThat(closedMeanwhile).isInstanceOf(SocketException.class);
        }
    }

    private static boolean drainsToEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }
}
