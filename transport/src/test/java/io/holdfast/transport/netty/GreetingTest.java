package io.holdfast.transport.netty;

import static io.holdfast.transport.netty.TestNodes.config;
import static io.holdfast.transport.netty.TestNodes.failure;
import static io.holdfast.transport.netty.TestNodes.message;
import static io.holdfast.transport.netty.TestNodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.Address;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.TransportLimits;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may talk to whom. */
class GreetingTest {
    private final TestNodes nodes = new TestNodes();

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void anotherClustersNameIsRefusedOnBothSides() {
        NettyTransport here = nodes.echo("a");
        NettyTransport there = nodes.start(TransportIdentity.of("b", "other"), config());
        assertThat(failure(there.request(here.address(), message("echo", ""))))
                .isInstanceOf(ClusterMismatchException.class)
                .hasMessageContaining("node a")
                .hasMessageContaining("refused node b")
                .hasMessageContaining("cluster name (other) must be test");
        await().untilAsserted(() -> assertThat(nodes.failures("cluster")).isEqualTo(2));
    }

    @Test
    void anotherClustersIdIsRefusedOnceBothAreKnown() {
        AtomicReference<Optional<String>> id = new AtomicReference<>(Optional.empty());
        NettyTransport here =
                nodes.echo(TransportIdentity.of("a", "test").withClusterId(() -> Optional.of("c1")), config());
        NettyTransport young = nodes.start(TransportIdentity.of("b", "test").withClusterId(id::get), config());
        assertThat(text(young.request(here.address(), message("echo", "no id yet"))))
                .isEqualTo("no id yet");
        NettyTransport foreign =
                nodes.start(TransportIdentity.of("c", "test").withClusterId(() -> Optional.of("c2")), config());
        assertThat(failure(foreign.request(here.address(), message("echo", ""))))
                .isInstanceOf(ClusterMismatchException.class)
                .hasMessageContaining("cluster id (c2) must be c1");
    }

    @Test
    void aSecondNodeOfOnesOwnIdIsRefused() {
        NettyTransport here = nodes.echo("a");
        NettyTransport twin = nodes.start("a");
        assertThat(failure(twin.request(here.address(), message("echo", ""))))
                .isInstanceOf(ClusterMismatchException.class)
                .hasMessageContaining("node id (a) is taken");
    }

    @Test
    void oneConnectionTooManyIsToldSo() {
        NettyTransport here = nodes.echo(
                TransportIdentity.of("a", "test"),
                config().withLimits(TransportLimits.defaults().withConnections(1, 10)));
        assertThat(text(nodes.start("b").request(here.address(), message("echo", "1"))))
                .isEqualTo("1");
        assertThat(failure(nodes.start("c").request(here.address(), message("echo", ""))))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("transport.limits.connections");
    }

    @Test
    void versionsThatDoNotOverlapAreRefusedWithTheRemedy() {
        Hello own = hello(2, 3);
        assertThat(Greeting.check(own, hello(3, 9), null, false)).isNull();
        assertThat(Greeting.check(own, hello(4, 9), null, false))
                .isNotNull()
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(Refusal.VERSION))
                .satisfies(refused -> assertThat(refused.message())
                        .contains("(4 to 9) must overlap with 2 to 3")
                        .contains("upgrade"));
    }

    private static Hello hello(int lowest, int highest) {
        return new Hello(
                lowest, highest, 1 << 20, NodeId.of("n" + lowest), Address.of("127.0.0.1", lowest), "test", "");
    }
}
