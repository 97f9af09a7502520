package io.holdfast.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NodeId;
import io.holdfast.core.node.LaunchedNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@HoldfastCluster(nodes = 3, settings = "holdfast.node.zone=a")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HoldfastClusterTest {
    private static TestCluster shared;
    private static TestCluster own;

    @Test
    @Order(1)
    void theNodesOfAClusterSeeEachOtherAndHaveItsSettings(TestCluster cluster) {
        shared = cluster;
        assertThat(cluster.running()).extracting(LaunchedNode::id).containsExactly(id("n0"), id("n1"), id("n2"));
        assertThat(cluster.node(2).membership().members())
                .hasSize(3)
                .allMatch(m -> m.zone().equals("a"));
    }

    @Test
    @Order(2)
    void theTestsOfAClassShareItsCluster(TestCluster cluster) {
        assertThat(cluster).isSameAs(shared);
    }

    @Test
    @Order(3)
    @HoldfastCluster(nodes = 1)
    void aTestWithItsOwnAnnotationHasItsOwnCluster(TestCluster cluster) {
        own = cluster;
        assertThat(cluster).isNotSameAs(shared);
        assertThat(cluster.running()).hasSize(1);
    }

    @Test
    @Order(4)
    void aClusterOfATestIsClosedWithIt() {
        assertThat(own.running()).isEmpty();
        assertThat(((SharedListLauncher.Node) own.node(0)).closed).isTrue();
        assertThat(shared.running()).hasSize(3);
    }

    @Test
    @Order(5)
    void nodesComeAndGo(TestCluster cluster) {
        LaunchedNode added = cluster.addNode(Map.of("holdfast.node.zone", "b"));
        assertThat(added.membership().self().zone()).isEqualTo("b");
        cluster.stop(0);
        assertThat(cluster.running()).extracting(LaunchedNode::id).containsExactly(id("n1"), id("n2"), id("n3"));
        cluster.addNode(Map.of());
        assertThat(cluster.node(4).membership().members()).hasSize(4);
        assertThatThrownBy(() -> cluster.node(5)).hasMessageContaining("node (5) must be between 0 and 4");
    }

    @AfterAll
    static void theClusterOfAClassOutlivesItsTests() {
        assertThat(shared.running()).isNotEmpty();
    }

    private static NodeId id(String name) {
        return NodeId.of(name);
    }
}
