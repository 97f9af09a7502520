package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.node.LaunchedNode;
import io.holdfast.service.RemoteService;
import io.holdfast.testkit.cluster.HoldfastCluster;
import io.holdfast.testkit.cluster.TestCluster;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The extension of the test kit with nodes of the framework, as users have it. */
@HoldfastCluster(nodes = 3, settings = "holdfast.node.zone=a")
class ClusterInATestTest {
    @RemoteService("greeter")
    interface Greeter {
        String greet(String name);
    }

    @Test
    void theNodesOfAClusterSeeEachOtherAndHaveItsSettings(TestCluster cluster) {
        assertThat(cluster.running())
                .extracting(LaunchedNode::id)
                .containsExactly(NodeId.of("n0"), NodeId.of("n1"), NodeId.of("n2"));
        assertThat(cluster.running())
                .allSatisfy(node -> assertThat(node.membership().members())
                        .hasSize(3)
                        .allMatch(member -> member.zone().equals("a")));
    }

    @Test
    void aServiceOnOneNodeIsCalledFromAnother(TestCluster cluster) {
        cluster.node(0).host((Greeter) name -> "hello " + name);
        cluster.node(2)
                .services()
                .awaitInstances(ServiceName.of("greeter"), 1, Duration.ofSeconds(30))
                .toCompletableFuture()
                .join();
        assertThat(cluster.node(2).client(Greeter.class).greet("Ada")).isEqualTo("hello Ada");
    }
}
