package io.holdfast.examples.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.cluster.ProcessCluster;
import io.holdfast.testkit.cluster.ProcessNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in JVMs of their own, driven from outside. */
@DisabledOnOs(OS.WINDOWS)
class KvNodeIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<ProcessNode> nodes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    @TempDir
    Path folder;

    private ProcessCluster cluster;

    @BeforeEach
    void start() {
        cluster = ProcessCluster.in(folder);
        int seed = cluster.freePort();
        for (int i = 0; i < 3; i++) {
            int admin = cluster.freePort();
            ports.add(cluster.freePort());
            nodes.add(cluster.node("n" + i, KvNode.class)
                    .arguments(
                            "--id=n" + i,
                            "--bind=127.0.0.1:" + (i == 0 ? seed : cluster.freePort()),
                            "--http=127.0.0.1:" + ports.get(i),
                            "--seeds=127.0.0.1:" + seed,
                            "--expect=3",
                            "--data=" + folder.resolve("data-" + i),
                            "--set=holdfast.consensus.raft.election-timeout-min=3s", // also on a starved machine
                            "--set=holdfast.consensus.raft.election-timeout-max=5s",
                            "--set=holdfast.admin.port=" + admin)
                    .jvmOptions("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                    .admin(URI.create("http://127.0.0.1:" + admin))
                    .start());
        }
        nodes.forEach(node -> node.awaitReady(LIMIT));
    }

    @AfterEach
    void killAll() {
        cluster.close();
    }

    private HttpResponse<String> send(int node, String method, String path, String body) throws Exception {
        return send(node, method, path, body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> send(int node, String method, String path, byte[] body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(node) + path))
                        .timeout(Duration.ofSeconds(60))
                        .method(method, BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private String ok(int node, String method, String path, String body) throws Exception {
        HttpResponse<String> answer = send(node, method, path, body);
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isEqualTo(200);
        return answer.body();
    }

    private int status(int node, String method, String path) throws Exception {
        return send(node, method, path, "").statusCode();
    }

    private int leader() throws Exception {
        String page = client.send(
                        HttpRequest.newBuilder(nodes.get(0).admin().resolve("/admin/consensus"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        String before = "\"leader\":\"n";
        assertThat(page).contains(before);
        return page.charAt(page.indexOf(before) + before.length()) - '0';
    }

    @Test
    void everyRouteAnswersOnEveryNodeAlsoAfterTheLeaderWasKilled() throws Exception {
        everyRoute(0, 1, "a");
        ok(0, "PUT", "/kv/kept", "before");
        String token = ok(1, "POST", "/lock/kept?owner=me&ttlMs=600000", "");
        int leader = leader();
        nodes.get(leader).kill();
        int one = (leader + 1) % 3;
        int two = (leader + 2) % 3;
        await().atMost(LIMIT).ignoreException(IOException.class).until(() -> status(one, "PUT", "/kv/after") == 200);
        awaitKept(two);
        assertThat(ok(two, "POST", "/lock/kept?owner=me&ttlMs=600000", "")).isEqualTo(token);
        everyRoute(one, two, "b");
        nodes.get(leader).restart().awaitReady(LIMIT);
        awaitKept(leader);
        everyRoute(leader, one, "c");
    }

    private void awaitKept(int node) {
        await().atMost(LIMIT)
                .ignoreException(IOException.class)
                .untilAsserted(() -> assertThat(ok(node, "GET", "/kv/kept", "")).isEqualTo("before"));
    }

    private void everyRoute(int at, int other, String name) throws Exception {
        map(at, other, name);
        locks(at, other, name);
        assertThat(ok(at, "POST", "/counter/" + name + "?add=3", "")).isEqualTo("3");
        assertThat(ok(other, "POST", "/counter/" + name + "?add=-1", "")).isEqualTo("2");
        assertThat(ok(at, "GET", "/counter/" + name, "")).isEqualTo("2");
        assertThat(status(at, "POST", "/counter/" + name)).isEqualTo(400);
        ok(at, "POST", "/queue/" + name, "first");
        ok(other, "POST", "/queue/" + name, "second");
        assertThat(ok(other, "POST", "/queue/" + name + "/poll", "")).isEqualTo("first");
        assertThat(ok(at, "POST", "/queue/" + name + "/poll", "")).isEqualTo("second");
        assertThat(status(other, "POST", "/queue/" + name + "/poll")).isEqualTo(204);
    }

    private void map(int at, int other, String name) throws Exception {
        String key = "/kv/" + name;
        assertThat(status(at, "GET", key)).isEqualTo(404);
        ok(at, "PUT", key, "one");
        assertThat(ok(other, "GET", key, "")).isEqualTo("one");
        assertThat(status(at, "GET", key + "?stale=1")).isEqualTo(200);
        assertThat(status(at, "POST", key + "/cas?from=two&to=three")).isEqualTo(409);
        ok(other, "POST", key + "/cas?from=one&to=two", "");
        assertThat(status(at, "POST", key + "/cas?from=&to=three")).isEqualTo(409);
        ok(at, "POST", key + "-new/cas?from=&to=three", "");
        assertThat(ok(other, "GET", "/kv?prefix=" + name, "")).isEqualTo("two\nthree\n");
        assertThat(status(at, "GET", "/kv/" + "k".repeat(256))).isEqualTo(400);
        assertThat(send(at, "PUT", key, "v".repeat(300_000)).statusCode()).isEqualTo(413);
        assertThat(send(at, "PUT", key, new byte[] {'v', (byte) 0xff}).statusCode())
                .as("what is no text would come back as another")
                .isEqualTo(400);
    }

    private void locks(int at, int other, String name) throws Exception {
        String path = "/lock/" + name;
        String mine = ok(at, "POST", path + "?owner=me&ttlMs=600000", "");
        assertThat(ok(other, "POST", path + "?owner=me&ttlMs=600000", "")).isEqualTo(mine);
        assertThat(status(other, "POST", path + "?owner=you&ttlMs=600000")).isEqualTo(409);
        assertThat(status(other, "DELETE", path + "?owner=you&token=" + mine)).isEqualTo(409);
        assertThat(status(other, "DELETE", path + "?owner=me&token=" + mine)).isEqualTo(200);
        String yours = ok(other, "POST", path + "?owner=you&ttlMs=50", "");
        assertThat(Long.parseLong(yours)).isGreaterThan(Long.parseLong(mine));
        assertThat(status(at, "DELETE", path + "?owner=me&token=" + mine)).isEqualTo(409);
        await().atMost(LIMIT).until(() -> status(at, "POST", path + "?owner=me&ttlMs=600000") == 200);
    }

    @Test
    void theJarIsOneFileThatTellsItsFlags() throws Exception {
        Process help = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-jar",
                        Path.of("target", "kv-node.jar").toAbsolutePath().toString(),
                        "--help")
                .redirectErrorStream(true)
                .start();
        String output = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(help.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(help.exitValue()).as(output).isZero();
        assertThat(output).contains("--id", "--bind", "--http", "--seeds", "--expect", "--data", "X-Not-Applied");
    }
}
