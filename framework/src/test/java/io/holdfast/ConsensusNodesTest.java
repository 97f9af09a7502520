package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.core.env.IoThread;
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
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Primitives as users of a node have them, on real replicas. */
class ConsensusNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ON = "holdfast.consensus.enabled=true";
    static final String STEADY_MIN = "holdfast.consensus.raft.election-timeout-min=2s"; // also on a starved machine
    static final String STEADY_MAX = "holdfast.consensus.raft.election-timeout-max=4s";

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

    static void awaitThreeVoters(HoldfastNode node) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(admin(node, "/admin/consensus").split("#", -1))
                        .as("the replica itself and three voters")
                        .hasSize(5));
    }

    @Test
    @HoldfastCluster(
            nodes = 3,
            settings = {ON, STEADY_MIN, STEADY_MAX})
    void whatOneNodePutsAnotherReadsAndTheClusterOutlivesItsLeader(TestCluster cluster) throws Exception {
        titles(node(cluster, 0)).put("tt1", new Title("One", 2001));
        assertThat(titles(node(cluster, 2)).get("tt1")).contains(new Title("One", 2001));
        cluster.running().forEach(node -> awaitThreeVoters((HoldfastNode) node));
        assertThat(admin(node(cluster, 1), "/health/ready"))
                .contains("\"consensus\"")
                .contains("\"UP\"");

        int leader = leader(cluster);
        node(cluster, leader).abandon();
        HoldfastNode survivor = node(cluster, (leader + 1) % 3);
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> titles(survivor).put("tt2", new Title("Two", 2002)).applied());
        awaitTitle(node(cluster, (leader + 2) % 3), "tt2", new Title("Two", 2002));
        awaitTitle(survivor, "tt1", new Title("One", 2001));
        survivor.abandon();
        assertThat(admin(node(cluster, (leader + 2) % 3), "/admin/consensus"))
                .as("a replica without a majority")
                .contains("{\"name\":\"titles\",\"size\":2,");
    }

    private static void awaitTitle(HoldfastNode node, String key, Title title) {
        await().atMost(LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(titles(node).get(key)).contains(title));
    }

    private static int leader(TestCluster cluster) {
        Pattern leader = Pattern.compile("\"leader\":\"n(\\d)\"");
        return await().atMost(LIMIT)
                .until(
                        () -> leader.matcher(admin(node(cluster, 0), "/admin/consensus"))
                                .results()
                                .findFirst(),
                        Optional::isPresent)
                .map(found -> Integer.parseInt(found.group(1)))
                .orElseThrow();
    }

    @Test
    @Tag("slow")
    void aClusterThatWasStoppedWholeKnowsEverythingAgain(@TempDir Path folder) {
        List<HoldfastNode> nodes = start(folder, List.of());
        List<Integer> ports = nodes.stream().map(node -> node.address().port()).toList();
        titles(nodes.get(1)).put("tt1", new Title("One", 2001));
        assertThat(nodes.get(2).counter("views").add(5)).isEqualTo(5);
        nodes.forEach(HoldfastNode::abandon);
        nodes = start(folder, ports);
        awaitTitle(nodes.get(0), "tt1", new Title("One", 2001));
        assertThat(nodes.get(1).counter("views").add(1)).isEqualTo(6);
        nodes.forEach(HoldfastNode::abandon);
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
    void aLoneNodeIsAClusterAndALockIsFreeAgainWhenItsHolderLeaves() throws Exception {
        try (HoldfastNode first = patient("first").start().awaitReady(LIMIT)) {
            assertThat(first.ready()).as("also for the group").isTrue();
            HoldfastNode second =
                    patient("second").seeds(first.address().toString()).start().awaitReady(LIMIT);
            assertThat(second.lock("nightly").tryLockAsync().join()).isPresent();
            assertThat(first.lock("nightly").tryLock()).isEmpty();
            assertThat(admin(second, "/admin/consensus?type=lock"))
                    .as("a node without a replica")
                    .contains("\"stateFrom\":\"another node\"")
                    .contains("\"holders\":[{\"node\":\"second\"");
            second.close();
            assertThat(first.lock("nightly").tryLock(LIMIT)).isPresent();
        }
    }

    /** Its session outlives the test, so only its leave frees what it holds. One voter needs no patience to elect itself. */
    static NodeBuilder patient(String id) {
        return Holdfast.node(id)
                .consensus(true)
                .set("holdfast.consensus.session-time-to-live", "5m")
                .set("holdfast.consensus.raft.election-timeout-min", "200ms")
                .set("holdfast.consensus.raft.election-timeout-max", "400ms");
    }

    @Test
    void theAdminPageShowsSessionsLocksWithHolderAndWaitersAndHowFullThingsAre() throws Exception {
        try (HoldfastNode node = patient("only").start().awaitReady(LIMIT)) {
            titles(node).put("tt1", new Title("One", 2001));
            titles(node).put("tt2", new Title("Two", 2002));
            node.queue("thumbnails", String.class).put("tt1");
            node.consensus().topic("news", String.class, 10).append("first");
            for (int i = 0; i < 30; i++) {
                node.counter("views-" + (char) ('a' + i / 10) + i % 10).add(1);
            }
            long token =
                    node.lock("nightly").tryLockAsync().join().orElseThrow().token();
            CompletableFuture<?> waits = node.lock("nightly").tryLockAsync(LIMIT);
            node.leaderOnly("trending", term -> {});
            CompletableFuture<?> party = node.consensus().barrier("phase", 3).awaitAsync(LIMIT);
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(admin(node, "/admin/consensus"))
                            .contains("\"stateFrom\":\"this node\"")
                            .contains("\"node\":\"only\",\"timeToLiveMs\":300000,\"lastSeenMsAgo\":")
                            .contains("\"holdsNames\":3")
                            .contains("{\"type\":\"map\",\"more\":false,\"used\":[{\"name\":\"titles\",\"size\":2,")
                            .contains("{\"name\":\"thumbnails\",\"size\":1,")
                            .contains("{\"name\":\"news\",\"size\":1,")
                            .contains("{\"name\":\"phase\",\"size\":1,")
                            .contains("{\"type\":\"counter\",\"more\":true,")
                            .contains("\"name\":\"nightly\",\"size\":2,")
                            .contains(
                                    "\"permits\":1,\"taken\":1,\"waiting\":1,\"holders\":[{\"node\":\"only\",\"session\":")
                            .contains("\"token\":" + token + ",\"permits\":1,\"forMs\":")
                            .contains("\"type\":\"election\",\"more\":false,\"used\":[{\"name\":\"trending\""));
            assertThat(admin(node, "/admin/consensus?type=counter&after=views-b9&limit=5"))
                    .contains("\"more\":true,\"used\":[{\"name\":\"views-c0\"")
                    .contains("views-c4")
                    .doesNotContain("views-c5")
                    .doesNotContain("titles");
            assertThat(admin(node, "/admin/consensus?type=clock")).contains("type (clock) must be one of map, counter");
            assertThat(admin(node, "/admin/consensus?limit=1000")).contains("limit (1000)");
            assertThat(admin(node, "/admin/consensus?after=a")).contains("must come with type=");
            waits.cancel(false);
            party.cancel(false);
        }
    }

    @Test
    void aCommandThatIsTooLargeHarmsItsCallerAlone() throws Exception {
        try (HoldfastNode node = patient("only").start().awaitReady(LIMIT)) {
            ReplicatedMap<String, String> map = node.map("large", String.class, String.class);
            assertThatThrownBy(() -> map.put("k", "v".repeat(600_000)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("split it, or raise max-command-size");
            List<CompletableFuture<Long>> others = new ArrayList<>();
            for (int i = 0; i < 1100; i++) {
                others.add(node.counter("views").addAsync(1).toCompletableFuture());
            }
            others.forEach(CompletableFuture::join);
            assertThat(map.put("k", "v").applied()).isTrue();
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

    private static final class SocketThread extends Thread implements IoThread {
        SocketThread(Runnable task) {
            super(task);
        }
    }

    @Test
    void aThreadThatReadsSocketsDoesNotWaitForTheGroup() throws Exception {
        try (HoldfastNode node = Holdfast.node("io").consensus(true).start()) {
            CompletableFuture<Long> counted = new CompletableFuture<>();
            SocketThread thread = new SocketThread(() -> {
                try {
                    counted.complete(node.counter("views").get());
                } catch (RuntimeException e) {
                    counted.completeExceptionally(e);
                }
            });
            thread.start();
            thread.join();
            assertThatThrownBy(counted::join)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must not wait");
        }
    }
}
