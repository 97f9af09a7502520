package io.holdfast.transport.netty;

import static io.holdfast.transport.netty.TestNodes.config;
import static io.holdfast.transport.netty.TestNodes.failure;
import static io.holdfast.transport.netty.TestNodes.message;
import static io.holdfast.transport.netty.TestNodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.TransportTiming;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of messages on links with faults, over real sockets. */
class LinkFaultsTest {
    private static final NodeId A = NodeId.of("a");
    private static final NodeId B = NodeId.of("b");

    private final TestNodes nodes = new TestNodes();
    private final LinkFaults atA = LinkFaults.possible();
    private final LinkFaults atB = LinkFaults.possible();
    private final AtomicInteger served = new AtomicInteger();

    @AfterEach
    void stop() {
        nodes.close();
    }

    private NettyTransport start(NodeId node, LinkFaults faults, Duration ping) {
        TransportConfig config = config().withTiming(TransportTiming.defaults()
                .withPingInterval(ping)
                .withReconnect(Duration.ofMillis(1), Duration.ofMillis(5)));
        NettyTransport transport = nodes.start(TransportIdentity.of(node.value(), "test"), config, faults);
        transport.serve("echo", exchange -> {
            served.incrementAndGet();
            exchange.reply(exchange.request().payload());
        });
        return transport;
    }

    private NettyTransport start(NodeId node, LinkFaults faults) {
        return start(node, faults, Duration.ofMinutes(1));
    }

    private Message within(Duration limit, String payload) {
        Message message = message("echo", payload);
        CallContext context = CallContext.EMPTY.withDeadline(
                Deadline.after(nodes.environment.clock().nanoTime(), limit));
        return new Message("echo", context, message.payload(), Lane.CALL);
    }

    @Test
    void whatACutLinkHoldsArrivesInOrderWhenItHeals() {
        NettyTransport a = start(A, atA);
        NettyTransport b = start(B, atB);
        assertThat(text(a.request(b.address(), message("echo", "greeted")))).isEqualTo("greeted");
        List<String> arrived = new ArrayList<>();
        b.serve("note", exchange -> {
            arrived.add(new String(exchange.request().payload(), StandardCharsets.UTF_8));
            exchange.reply(new byte[0]);
        });
        atB.cut(A);
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(a.request(b.address(), message("note", "m" + i)));
        }
        assertThat(failure(b.request(a.address(), within(Duration.ofMillis(200), "x"))))
                .as("a new connection needs both ways")
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        atB.heal(A);
        answers.forEach(TestNodes::text);
        assertThat(arrived).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void aOneWayCutLosesTheAnswersOfRequestsThatWereDone() {
        NettyTransport a = start(A, atA);
        NettyTransport b = start(B, atB);
        text(a.request(b.address(), message("echo", "greeted")));
        atA.cut(B);
        CompletableFuture<byte[]> answer = a.request(b.address(), within(Duration.ofMillis(300), "x"));
        await().until(() -> served.get() == 2);
        assertThat(failure(answer)).isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void noNewConnectionIsGreetedUntilTheLinkHeals() {
        NettyTransport a = start(A, atA);
        NettyTransport b = start(B, atB);
        atB.cut(A);
        assertThat(failure(a.request(b.address(), within(Duration.ofMillis(200), "x"))))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(served).hasValue(0);
        atB.healAll();
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(text(a.request(b.address(), within(Duration.ofSeconds(5), "again"))))
                        .isEqualTo("again"));
    }

    @Test
    void aCutConnectionIsGivenUpByPings() {
        NettyTransport a = start(A, atA, Duration.ofMillis(50));
        NettyTransport b = start(B, atB, Duration.ofMillis(50));
        text(a.request(b.address(), message("echo", "greeted")));
        atA.cut(B);
        CompletableFuture<byte[]> answer = a.request(b.address(), message("echo", "x"));
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasRootCauseInstanceOf(UnavailableException.class);
    }

    @Test
    void aConnectionThatHoldsMoreThanItsBoundEnds() {
        NettyTransport a = start(A, atA);
        NettyTransport b = start(B, atB);
        text(a.request(b.address(), message("echo", "greeted")));
        atB.cut(A);
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            answers.add(a.request(
                    b.address(), new Message("echo", CallContext.EMPTY, new byte[LinkGate.MAX_HELD / 4], Lane.BULK)));
        }
        assertThat(failure(answers.get(0))).isInstanceOf(UnknownOutcomeException.class);
        assertThat(served).as("what was held is gone").hasValue(1);
    }

    @Test
    void aDelayedLinkIsLateAndKeepsTheOrder() {
        NettyTransport a = start(A, atA);
        NettyTransport b = start(B, atB);
        text(a.request(b.address(), message("echo", "greeted")));
        Duration delay = Duration.ofMillis(120);
        atA.delay(B, delay);
        long began = nodes.environment.clock().nanoTime();
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(a.request(b.address(), message("echo", "m" + i)));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(text(answers.get(i))).isEqualTo("m" + i);
        }
        assertThat(nodes.environment.clock().nanoTime() - began).isGreaterThanOrEqualTo(delay.toNanos());
    }

    @Test
    void whereFaultsAreOffNobodyCanSetOne() {
        assertThatThrownBy(() -> LinkFaults.off().cut(A))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("holdfast.transport.fault-injection");
        assertThatThrownBy(() -> atA.delay(B, Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cut the link");
    }
}
