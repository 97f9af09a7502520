package io.holdfast.transport.netty;

import static io.holdfast.transport.netty.TestNodes.config;
import static io.holdfast.transport.netty.TestNodes.failure;
import static io.holdfast.transport.netty.TestNodes.message;
import static io.holdfast.transport.netty.TestNodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Address;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.TransportLimits;
import io.holdfast.transport.TransportTiming;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to requests when connections fail, fill up and come back. */
class LinkTest {
    private final TestNodes nodes = new TestNodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void aRestartedPeerIsReachedAgain() {
        NettyTransport a = nodes.start(
                TransportIdentity.of("a", "test"),
                config().withTiming(
                                TransportTiming.defaults().withReconnect(Duration.ofMillis(1), Duration.ofMillis(5))));
        NettyTransport b = nodes.echo("b");
        Address address = b.address();
        assertThat(text(a.request(address, message("echo", "before")))).isEqualTo("before");
        b.close();
        await().until(() -> failure(a.request(address, message("echo", ""))) instanceof UnavailableException);
        nodes.echo(TransportIdentity.of("b", "test"), config().withBind(address));
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(text(a.request(address, message("echo", "after"))))
                        .isEqualTo("after"));
    }

    @Test
    void whileTheBackOffLastsCallsFailAtOnceAndSayWhy() throws Exception {
        Address nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            nobody = Address.of("127.0.0.1", free.getLocalPort());
        }
        NettyTransport a = nodes.start(
                TransportIdentity.of("a", "test"),
                config().withTiming(TransportTiming.defaults()
                        .withReconnect(Duration.ofMinutes(10), Duration.ofMinutes(10))));
        assertThat(failure(a.request(nobody, message("echo", "")))).isInstanceOf(UnavailableException.class);
        assertThat(a.request(nobody, message("echo", ""))).isCompletedExceptionally();
        assertThat(failure(a.request(nobody, message("echo", "")))).hasMessageContaining("tried again in");
    }

    @Test
    void anUnknownHostIsUnavailable() {
        assertThat(failure(nodes.start("a").request(Address.of("no-such-host.invalid", 1), message("echo", ""))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void aFullLaneRefusesBeforeAnythingIsSent() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            NettyTransport a = nodes.start(
                    TransportIdentity.of("a", "test"),
                    config().withLimits(TransportLimits.defaults().withQueue(3, new DataSize(1 << 20))));
            Address to = Address.of("127.0.0.1", silent.getLocalPort());
            List<CompletableFuture<byte[]>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(a.request(to, message("echo", "waits for hello")));
            }
            assertThat(failure(a.request(to, message("echo", "one too many"))))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("lane CALL")
                    .hasMessageContaining("3 messages");
            assertThat(a.request(to, message("echo", "").withLane(Lane.CONTROL)))
                    .as("another lane")
                    .isNotDone();
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            assertThat(nodes.dropped("queue_full")).isEqualTo(1);
            silent.accept().close();
            for (CompletableFuture<byte[]> call : waiting) {
                assertThat(failure(call)).isInstanceOf(UnavailableException.class);
            }
        }
    }

    @Test
    void tooManyRequestsWithoutAnAnswerAreRefused() {
        NettyTransport a = nodes.start(
                TransportIdentity.of("a", "test"),
                config().withLimits(TransportLimits.defaults().withInFlight(2)));
        NettyTransport b = nodes.start("b");
        b.serve("never", exchange -> {});
        a.request(b.address(), message("never", ""));
        a.request(b.address(), message("never", ""));
        assertThat(failure(a.request(b.address(), message("never", ""))))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("transport.limits.in-flight");
    }

    @Test
    void thePeersBoundOnRequestsHoldsToo() {
        NettyTransport a = nodes.start("a");
        NettyTransport b = nodes.start(
                TransportIdentity.of("b", "test"),
                config().withLimits(TransportLimits.defaults().withInFlight(2)));
        b.serve("never", exchange -> {});
        a.request(b.address(), message("never", ""));
        a.request(b.address(), message("never", ""));
        assertThat(failure(a.request(b.address(), message("never", ""))))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("node b works on 2 requests");
    }

    @Test
    void aPayloadBeyondEitherSidesBoundIsRefusedWithTheRemedy() {
        NettyTransport small =
                nodes.echo(TransportIdentity.of("small", "test"), config().withMaxFrameSize(new DataSize(64 * 1024)));
        NettyTransport large = nodes.echo("large");
        Message tooLarge = new Message("echo", CallContext.EMPTY, new byte[100_000], Lane.BULK);
        assertThat(failure(small.request(large.address(), tooLarge)))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("100000 bytes")
                .hasMessageContaining("max-frame-size");
        assertThat(failure(large.request(small.address(), tooLarge))).isInstanceOf(InvalidContractException.class);
        large.serve("big", exchange -> exchange.reply(new byte[100_000]));
        assertThat(failure(small.request(large.address(), message("big", ""))))
                .isInstanceOf(InvalidContractException.class);
        assertThat(text(small.request(large.address(), message("echo", "still here"))))
                .isEqualTo("still here");
    }

    @Test
    void aSilentPeerIsGivenUpAfterTwoPingIntervals() throws Exception {
        NettyTransport b = nodes.start(
                TransportIdentity.of("b", "test"),
                config().withTiming(TransportTiming.defaults().withPingInterval(Duration.ofMillis(50))));
        CompletableFuture<Peer> lost = new CompletableFuture<>();
        b.onConnection(new ConnectionListener() {
            @Override
            public void onClosed(Peer peer, boolean graceful) {
                assertThat(graceful).isFalse();
                lost.complete(peer);
            }
        });
        try (Socket silent = RawPeer.greeted(b.address(), "silent")) {
            assertThat(lost.get(30, TimeUnit.SECONDS).node().value()).isEqualTo("silent");
            assertThat(silent.isConnected()).isTrue();
        }
    }

    @Test
    void pingsKeepAnIdleConnection() throws Exception {
        var timing = TransportTiming.defaults().withPingInterval(Duration.ofMillis(200));
        NettyTransport a = nodes.start(TransportIdentity.of("a", "test"), config().withTiming(timing));
        NettyTransport b = nodes.start(TransportIdentity.of("b", "test"), config().withTiming(timing));
        CompletableFuture<Exchange> running = new CompletableFuture<>();
        b.serve("slow", running::complete);
        CompletableFuture<byte[]> answer = a.request(b.address(), message("slow", ""));
        Exchange exchange = running.get(30, TimeUnit.SECONDS);
        CompletableFuture<Void> later = new CompletableFuture<>();
        nodes.environment.scheduler().schedule(Duration.ofMillis(1500), () -> later.complete(null));
        later.get(30, TimeUnit.SECONDS);
        exchange.reply(new byte[] {'y'});
        assertThat(text(answer)).isEqualTo("y");
    }

    @Test
    void aResetIsToldAtOnceAndLeavesSentRequestsUnknown() throws Exception {
        try (RawPeer peer = RawPeer.listen()) {
            NettyTransport a = nodes.start("a");
            CompletableFuture<Boolean> lost = new CompletableFuture<>();
            a.onConnection(new ConnectionListener() {
                @Override
                public void onClosed(Peer gone, boolean graceful) {
                    lost.complete(graceful);
                }
            });
            CompletableFuture<byte[]> answer = a.request(peer.address(), message("echo", ""));
            peer.acceptGreetReadFrameAndReset();
            assertThat(lost.get(30, TimeUnit.SECONDS)).isFalse();
            assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
        }
    }

    @Test
    void onASaturatedLinkControlGoesBeforeCallsAndCallsBeforeBulk() throws Exception {
        try (RawPeer peer = RawPeer.listen()) {
            NettyTransport a = nodes.start("a");
            CompletionStage<Void> first = fill(a, peer.address(), "bulk", Lane.BULK, 600);
            try (Socket socket = peer.accept()) {
                // the first was written: the lane has filled what the peer's silence leaves room for
                first.toCompletableFuture().get(30, TimeUnit.SECONDS);
                fill(a, peer.address(), "call", Lane.CALL, 600);
                fill(a, peer.address(), "control", Lane.CONTROL, 1);
                List<String> routes = new ArrayList<>();
                for (int i = 0; i < 1201; i++) {
                    byte[] frame = RawPeer.readFrame(socket);
                    routes.add(new String(frame, 2, frame[1], StandardCharsets.UTF_8));
                }
                int control = routes.indexOf("control");
                assertThat(routes.subList(control, 1201).stream().filter("call"::equals))
                        .as("calls that wait while control goes")
                        .hasSizeGreaterThan(100);
                assertThat(routes.subList(routes.lastIndexOf("call"), 1201).stream()
                                .filter("bulk"::equals))
                        .as("bulk that waits while all calls go")
                        .hasSizeGreaterThan(100);
            }
        }
    }

    static CompletionStage<Void> fill(NettyTransport from, Address to, String route, Lane lane, int count) {
        CompletionStage<Void> first = null;
        for (int i = 0; i < count; i++) {
            CompletionStage<Void> written =
                    from.send(to, new Message(route, CallContext.EMPTY, new byte[32 * 1024], lane));
            first = first == null ? written : first;
        }
        return first;
    }
}
