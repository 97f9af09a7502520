package io.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.ShardedMap;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.config.Configuration;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several groups on the same nodes. */
class GroupsNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<RunningNode> nodes = new ArrayList<>();

    private RunningNode start(String id, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "holdfast.node.id", id,
                "holdfast.node.bind", "127.0.0.1:0",
                "holdfast.node.insecure", "true",
                "holdfast.admin.port", "0",
                "holdfast.consensus.enabled", "true",
                "holdfast.consensus.raft.election-timeout-min", "200ms", // one voter needs no patience
                "holdfast.consensus.raft.election-timeout-max", "400ms"));
        settings.putAll(more);
        RunningNode node =
                RunningNode.start(Configuration.builder().settings(settings).build(), null);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void abandonAll() {
        nodes.forEach(RunningNode::abandon);
    }

    private static ConsensusPart part(RunningNode node) {
        return node.consensusPart();
    }

    private static Deadline soon(RunningNode node) {
        return Deadline.after(node.parts().environment().clock().nanoTime(), Duration.ofSeconds(10));
    }

    private static void put(RunningNode node, int group, String key) {
        ReplicatedTable table = part(node).table(group, "rows");
        Change change = Change.put(key, new byte[] {(byte) group});
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> table.commit(List.of(), List.of(change), soon(node))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .applied());
    }

    private static Optional<ReplicatedTable.Row> get(RunningNode node, int group, String key) throws Exception {
        return part(node)
                .table(group, "rows")
                .get(key, ReadConsistency.LINEARIZABLE, soon(node))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private static String admin(RunningNode node, String path) throws Exception {
        URI uri = node.admin().resolve(path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private List<RunningNode> three() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "holdfast.consensus.groups", "2",
                "holdfast.node.expect", "3",
                "holdfast.consensus.raft.election-timeout-min", "2s", // also on a starved machine
                "holdfast.consensus.raft.election-timeout-max", "4s"));
        RunningNode first = start("n0", settings);
        settings.put("holdfast.node.seeds", first.address().toString());
        start("n1", settings);
        start("n2", settings);
        nodes.forEach(node -> node.awaitReady(LIMIT));
        return nodes;
    }

    @Test
    void bothGroupsAreWrittenAndGoOnAfterTheDeathOfALeader() throws Exception {
        List<RunningNode> three = three();
        for (int group = 0; group < 2; group++) {
            put(three.get(group), group, "before");
            assertThat(get(three.get(2), group, "before").orElseThrow().value()).containsExactly(group);
            put(three.get(2), group, "only-" + group);
            assertThat(get(three.get(2), 1 - group, "only-" + group)).isEmpty();
        }
        assertThat(part(three.get(0)).table(1, "rows").group().value()).isEqualTo("data-1");
        three.forEach(node -> await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(admin(node, "/admin/consensus").split("#", -1))
                        .as("a replica and three voters in each of two groups")
                        .hasSize(9)));
        ShardedMap<String, Integer> views = three.get(0).shardedMap("views", String.class, Integer.class);
        Map<String, Integer> many = new HashMap<>();
        IntStream.range(0, 40).forEach(i -> many.put("title-" + i, i));
        assertThat(views.putAll(many)).hasSize(2);
        assertThat(three.get(2)
                        .shardedMap("views", String.class, Integer.class)
                        .getAll(many.keySet(), ReadConsistency.LINEARIZABLE))
                .isEqualTo(many);
        assertThat(admin(three.get(0), "/admin/consensus?group=data-1"))
                .contains("\"group\":\"data-1\"")
                .contains("{\"name\":\"rows\",\"size\":2,")
                .doesNotContain("\"group\":\"default\"");

        NodeId leader = part(three.get(0)).leadership(1).current().leader().orElseThrow();
        RunningNode dead = three.stream()
                .filter(node -> node.id().equals(leader))
                .findFirst()
                .orElseThrow();
        dead.abandon();
        List<RunningNode> alive = three.stream().filter(node -> node != dead).toList();
        for (int group = 0; group < 2; group++) {
            put(alive.get(0), group, "after");
            assertThat(get(alive.get(1), group, "after")).isPresent();
            assertThat(get(alive.get(1), group, "before")).isPresent();
        }
        assertThat(alive.get(0).ready()).isTrue();
    }

    @Test
    @Tag("slow")
    void aNodeThatLeavesGivesItsSeatAwayInEveryGroup() throws Exception {
        Map<String, String> one = Map.of("holdfast.consensus.groups", "2", "holdfast.consensus.voters", "1");
        RunningNode first = start("n0", one);
        first.awaitReady(LIMIT);
        Map<String, String> joins = new HashMap<>(one);
        joins.put("holdfast.node.seeds", first.address().toString());
        RunningNode second = start("n1", joins);
        second.awaitReady(LIMIT);
        put(second, 0, "a");
        put(second, 1, "a");
        first.close();
        for (int group = 0; group < 2; group++) {
            assertThat(get(second, group, "a")).isPresent();
            put(second, group, "b");
            assertThat(part(second).leadership(group).isLeader()).isTrue();
        }
    }

    @Test
    @Tag("slow")
    void aDataDirectoryIsRefusedWithAnotherNumberOfGroups() throws Exception {
        String directory = folder.resolve("n0").toString();
        Map<String, String> two = Map.of("holdfast.consensus.groups", "2", "holdfast.node.data-dir", directory);
        RunningNode node = start("n0", two);
        node.awaitReady(LIMIT);
        put(node, 1, "a");
        node.close();
        assertThatThrownBy(() -> start("n0", Map.of("holdfast.node.data-dir", directory)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("was made with holdfast.consensus.groups=2")
                .hasMessageContaining("set it back to 2");
        RunningNode again = start("n0", two);
        again.awaitReady(LIMIT);
        assertThat(get(again, 1, "a")).isPresent();
    }

    @Test
    void aNodeWithAnotherNumberOfGroupsIsNotReadyAndUsesNoneThatIsSharedOut() {
        RunningNode first = start("n0", Map.of("holdfast.consensus.groups", "2"));
        first.awaitReady(LIMIT);
        RunningNode other = start(
                "n1", Map.of("holdfast.node.seeds", first.address().toString(), "holdfast.consensus.groups", "3"));
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(admin(other, "/health/ready"))
                        .contains("node n0 has holdfast.consensus.groups=2 and this node 3"));
        assertThatThrownBy(() -> part(other).table(0, "rows"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("must have the same");
    }
}
