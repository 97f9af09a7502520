package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.testkit.cluster.HoldfastCluster;
import io.holdfast.testkit.cluster.TestCluster;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Primitives as users of a node have them, on real replicas. */
class ConsensusNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ON = "holdfast.consensus.enabled=true";
    private static final String LOCAL_MIN = "holdfast.consensus.raft.election-timeout-min=300ms";
    private static final String LOCAL_MAX = "holdfast.consensus.raft.election-timeout-max=600ms";

    record Title(String name, int year) {}

    private static HoldfastNode node(TestCluster cluster, int index) {
        return (HoldfastNode) cluster.node(index);
    }

    private static ReplicatedMap<String, Title> titles(HoldfastNode node) {
        return node.map("titles", String.class, Title.class);
    }

    private static String admin(HoldfastNode node, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(node.admin().resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void awaitVoters(HoldfastNode node, int voters) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(admin(node, "/admin/consensus").split("#", -1))
                        .as("the replica itself and %d voters", voters)
                        .hasSize(voters + 2));
    }

    @Test
    @HoldfastCluster(
            nodes = 3,
            settings = {ON, LOCAL_MIN, LOCAL_MAX})
    void whatOneNodePutsAnotherReadsAndTheClusterOutlivesItsLeader(TestCluster cluster) throws Exception {
        titles(node(cluster, 0)).put("tt1", new Title("One", 2001));
        assertThat(titles(node(cluster, 2)).get("tt1")).contains(new Title("One", 2001));
        cluster.running().forEach(node -> awaitVoters((HoldfastNode) node, 3));
        assertThat(admin(node(cluster, 1), "/health/ready"))
                .contains("\"consensus\"")
                .contains("\"UP\"");

        int leader = leader(cluster);
        node(cluster, leader).abandon();
        HoldfastNode survivor = node(cluster, (leader + 1) % 3);
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> titles(survivor).put("tt2", new Title("Two", 2002)).applied());
        assertThat(titles(node(cluster, (leader + 2) % 3)).get("tt2")).contains(new Title("Two", 2002));
        assertThat(titles(survivor).get("tt1")).contains(new Title("One", 2001));
    }

    private static int leader(TestCluster cluster) throws Exception {
        String page = admin(node(cluster, 0), "/admin/consensus");
        return page.charAt(page.indexOf("\"leader\":\"n") + "\"leader\":\"n".length()) - '0';
    }

    @Test
    void aClusterThatWasStoppedWholeKnowsEverythingAgain(@TempDir Path folder) {
        List<HoldfastNode> nodes = start(folder, List.of());
        List<Integer> ports = nodes.stream().map(node -> node.address().port()).toList();
        titles(nodes.get(1)).put("tt1", new Title("One", 2001));
        assertThat(nodes.get(2).counter("views").add(5)).isEqualTo(5);
        nodes.forEach(HoldfastNode::abandon);
        nodes = start(folder, ports);
        assertThat(titles(nodes.get(0)).get("tt1")).contains(new Title("One", 2001));
        assertThat(nodes.get(1).counter("views").add(1)).isEqualTo(6);
        nodes.forEach(HoldfastNode::close);
    }

    private static List<HoldfastNode> start(Path folder, List<Integer> ports) {
        List<HoldfastNode> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            NodeBuilder builder = Holdfast.node("n" + i)
                    .consensus(true)
                    .expect(3)
                    .dataDir(folder.resolve("n" + i))
                    .bind("127.0.0.1", ports.isEmpty() ? 0 : ports.get(i));
            if (i > 0) {
                builder.seeds(nodes.get(0).address().toString());
            }
            nodes.add(builder.start());
        }
        nodes.forEach(node -> node.awaitReady(LIMIT));
        await().atMost(LIMIT).until(() -> nodes.stream().allMatch(HoldfastNode::ready));
        return nodes;
    }

    @Test
    void aLoneNodeIsAClusterAndALockIsFreeAgainWhenItsHolderLeaves() {
        try (HoldfastNode first = Holdfast.node("first").consensus(true).start().awaitReady(LIMIT)) {
            HoldfastNode second = Holdfast.node("second")
                    .consensus(true)
                    .seeds(first.address().toString())
                    .start()
                    .awaitReady(LIMIT);
            assertThat(second.lock("nightly").tryLock()).isPresent();
            assertThat(first.lock("nightly").tryLock()).isEmpty();
            second.close();
            assertThat(first.lock("nightly").tryLock(Duration.ofSeconds(4))).isPresent();
        }
    }

    @Test
    void aNodeWithoutConsensusSaysHowToHaveIt() throws Exception {
        try (HoldfastNode node = Holdfast.node("plain").start()) {
            assertThatThrownBy(() -> node.counter("views"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("holdfast.consensus.enabled=true");
            assertThat(admin(node, "/admin/consensus")).isEqualTo("{\"enabled\":false,\"groups\":[]}");
        }
    }

    @Test
    void aThreadThatReadsSocketsDoesNotWaitForTheGroup() {
        try (HoldfastNode node = Holdfast.node("io").consensus(true).start().awaitReady(LIMIT)) {
            var seen = node.counter("views")
                    .addAsync(1)
                    .thenApply(one -> Optional.of(one))
                    .toCompletableFuture();
            assertThat(seen.join()).contains(1L);
        }
    }
}
