package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.backup.Restoration;
import io.holdfast.core.HoldfastException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a cluster that runs to a file, and from the file to another cluster. */
class BackupNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private NodeBuilder node(String id) {
        return Holdfast.node(id)
                .consensus(true)
                .dataDir(folder.resolve(id))
                .set("holdfast.consensus.raft.election-timeout-min", "3s")
                .set("holdfast.consensus.raft.election-timeout-max", "5s");
    }

    private List<HoldfastNode> three(String cluster, NodeBuilder first) {
        List<HoldfastNode> nodes = new ArrayList<>();
        nodes.add(ready(first));
        for (int i = 1; i < 3; i++) {
            nodes.add(node(cluster + i)
                    .seeds(nodes.get(0).address().toString())
                    .start()
                    .awaitReady(LIMIT));
        }
        nodes.forEach(node -> await().atMost(LIMIT)
                .until(() -> admin(node, "/admin/consensus", "GET").body().split("#", -1).length == 5));
        return nodes;
    }

    /** Ready, and its group too. */
    private static HoldfastNode ready(NodeBuilder builder) {
        HoldfastNode node = builder.start().awaitReady(LIMIT);
        await().atMost(LIMIT).until(node::ready);
        return node;
    }

    private static HttpResponse<String> admin(HoldfastNode node, String path, String method) throws Exception {
        URI uri = node.admin().resolve(path);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static ReplicatedMap<String, String> map(HoldfastNode node) {
        return node.map("m", String.class, String.class);
    }

    @Test
    @Tag("slow")
    void whatWasAcknowledgedBeforeABackupUnderLoadIsInTheClusterThatBeginsWithIt() {
        Path file = folder.resolve("backup");
        long token;
        int before;
        List<HoldfastNode> old = three("old", node("old0"));
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = new Writer(old.get(1), acknowledged, stop);
        try {
            // not by this thread, which the loss of the lease would interrupt
            token = old.get(0)
                    .lock("l")
                    .tryLockAsync()
                    .toCompletableFuture()
                    .join()
                    .orElseThrow()
                    .token();
            old.get(0).counter("c").add(41);
            old.get(2).queue("q", String.class).put("job");
            load.start();
            await().atMost(LIMIT).until(() -> acknowledged.get() > 200);
            before = acknowledged.get();
            Backup backup = old.get(2).consensus().backup(file);
            assertThat(backup.manifest().contents().rows()).isGreaterThan(before);
            await("writes go on").atMost(LIMIT).until(() -> acknowledged.get() > before + 50);
        } finally {
            stop.set(true);
            old.forEach(HoldfastNode::abandon);
        }
        List<HoldfastNode> fresh = three("new", node("new0").set("holdfast.consensus.restore-from", file.toString()));
        try {
            for (int i = 1; i <= before; i++) {
                assertThat(map(fresh.get(i % 3)).get("k" + i)).as("k%d", i).contains("v" + i);
            }
            assertThat(fresh.get(1).counter("c").add(1)).isEqualTo(42);
            assertThat(fresh.get(2)
                            .queue("q", String.class)
                            .poll(LIMIT)
                            .orElseThrow()
                            .value())
                    .isEqualTo("job");
            assertThat(fresh.get(2)
                            .lock("l")
                            .tryLockAsync()
                            .toCompletableFuture()
                            .join()
                            .orElseThrow()
                            .token())
                    .isGreaterThan(token + Restoration.JUMP);
        } finally {
            fresh.forEach(HoldfastNode::abandon);
        }
    }

    /** Writes one key after the other, and counts those that were acknowledged. */
    private static final class Writer extends Thread {
        private final HoldfastNode node;
        private final AtomicInteger acknowledged;
        private final AtomicBoolean stop;

        Writer(HoldfastNode node, AtomicInteger acknowledged, AtomicBoolean stop) {
            this.node = node;
            this.acknowledged = acknowledged;
            this.stop = stop;
        }

        @Override
        public void run() {
            int next = 1;
            while (!stop.get()) {
                try {
                    map(node).put("k" + next, "v" + next);
                    acknowledged.set(next++);
                } catch (HoldfastException again) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void aNodeMayBeStartedAgainWithItsBackupAndWithNoOther() throws Exception {
        Path file = folder.resolve("backup");
        try (HoldfastNode first = ready(node("a"))) {
            map(first).put("k", "old");
            first.consensus().backup(file);
        }
        NodeBuilder restoring = node("b").set("holdfast.consensus.restore-from", file.toString());
        try (HoldfastNode second = ready(restoring)) {
            assertThat(map(second).get("k")).contains("old");
            map(second).put("k", "new");
        }
        try (HoldfastNode again = ready(node("b").set("holdfast.consensus.restore-from", file.toString()))) {
            assertThat(map(again).get("k")).as("it is not restored twice").contains("new");
        }
        Path other = Files.copy(file, folder.resolve("other"));
        assertThatThrownBy(() -> node("b")
                        .set("holdfast.consensus.restore-from", other.toString())
                        .start())
                .hasMessageContaining("which began with " + file)
                .hasMessageContaining("empty data directory");
    }

    @Test
    void aBackupIsNotRestoredByOneOfSeveralFounders() {
        assertThatThrownBy(() -> node("a")
                        .expect(3)
                        .set(
                                "holdfast.consensus.restore-from",
                                folder.resolve("b").toString())
                        .start())
                .hasMessageContaining("holdfast.node.expect (3) must be 1");
        assertThatThrownBy(() -> node("a")
                        .set(
                                "holdfast.consensus.restore-from",
                                folder.resolve("b").toString())
                        .start())
                .hasMessageContaining("no such backup");
    }

    @Test
    void overHttpABackupGoesToTheDirectoryThatIsSetAndNowhereElse() throws Exception {
        try (HoldfastNode plain = ready(node("a"))) {
            HttpResponse<String> refused = admin(plain, "/admin/consensus/backup", "POST");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("holdfast.consensus.backup-directory is not set");
            assertThatThrownBy(() -> plain.consensus().backup(folder.resolve("not/there")))
                    .hasMessageContaining("is not there; make it");
        }
        Path directory = Files.createDirectory(folder.resolve("backups"));
        try (HoldfastNode node = ready(node("b").set("holdfast.consensus.backup-directory", directory.toString()))) {
            map(node).put("k", "v");
            assertThat(admin(node, "/admin/consensus/backup?file=/tmp/x", "POST")
                            .body())
                    .contains("\"sha256\"");
            try (var files = Files.list(directory)) {
                List<Path> found = files.toList();
                assertThat(found).hasSize(1);
                assertThat(Backup.verify(found.get(0)).manifest().place().node().value())
                        .isEqualTo("b");
            }
        }
    }

    @Test
    @Tag("slow")
    void aHundredMegabytesAreRestoredWithinAMinute() {
        Path file = folder.resolve("backup");
        String value = "x".repeat(100_000);
        try (HoldfastNode first = ready(node("a"))) {
            for (int i = 0; i < 1_050; i++) {
                map(first).put("k" + i, value);
            }
            long began = System.nanoTime();
            Backup backup = first.consensus().backup(file);
            System.out.printf("backup of %,d bytes: %d ms%n", backup.size(), millis(began));
        }
        long began = System.nanoTime();
        try (HoldfastNode second = ready(node("b").set("holdfast.consensus.restore-from", file.toString()))) {
            assertThat(map(second).get("k1049")).contains(value);
            System.out.printf("restored and read: %d ms%n", millis(began));
        }
    }

    private static long millis(long began) {
        return (System.nanoTime() - began) / 1_000_000;
    }
}
