package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.circuitbreaker.Fallback;
import io.holdfast.circuitbreaker.chaos.InjectedFaultException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.service.RemoteService;
import io.holdfast.testkit.cluster.ProcessCluster;
import io.holdfast.testkit.cluster.ProcessNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Experiments and objectives as an operator has them, on real nodes. */
class ChaosNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @RemoteService("stall")
    interface Stall {
        String buy(String what);

        CompletionStage<String> buyLater(String what);

        @Fallback(method = "substitute")
        String order(String what);

        default String substitute(String what) {
            return "another " + what;
        }
    }

    private static final class Shelf implements Stall {
        private final AtomicBoolean empty = new AtomicBoolean();

        @Override
        public String buy(String what) {
            if (empty.get()) {
                throw new UnavailableException("sold out");
            }
            return "sold " + what;
        }

        @Override
        public CompletionStage<String> buyLater(String what) {
            return CompletableFuture.completedFuture(buy(what));
        }

        @Override
        public String order(String what) {
            return buy(what);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();

    private HttpResponse<String> ask(URI admin, String method, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(admin.resolve(path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> begin(URI admin, String experiment) throws Exception {
        return http.send(
                HttpRequest.newBuilder(admin.resolve("/admin/chaos?by=ann"))
                        .POST(BodyPublishers.ofString(experiment))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HoldfastNode start(String enabled) {
        return Holdfast.node("a")
                .set("holdfast.chaos.enabled", enabled)
                .set("holdfast.slo.trade.service", "stall")
                .set("holdfast.slo.trade.availability", "99.9%")
                .start()
                .awaitReady(LIMIT);
    }

    private static Stall client(HoldfastNode node, Shelf shelf) {
        node.host(shelf);
        node.services()
                .awaitInstances(ServiceName.of("stall"), 1, LIMIT)
                .toCompletableFuture()
                .join();
        return node.client(Stall.class);
    }

    @Test
    void anOperatorStartsAndStopsAnExperimentAndTheRecordSaysWho() throws Exception {
        try (HoldfastNode node = start("true")) {
            Stall stall = client(node, new Shelf());
            HttpResponse<String> started = begin(
                    node.admin(),
                    "{name: x, service: stall, method: buy, fault: error, share: 100%, message: no tea, time-box: 5m}");
            assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
            assertThat(started.body()).contains("\"name\":\"x\",\"what\":\"error, 100.0%\"");
            assertThatThrownBy(() -> stall.buy("tea"))
                    .isInstanceOf(InjectedFaultException.class)
                    .hasMessageContaining("by experiment x");
            assertThat(stall.buyLater("tea").toCompletableFuture().get()).isEqualTo("sold tea");
            assertThat(ask(node.admin(), "GET", "/admin/chaos").body()).contains("\"calls\":1,\"hits\":1");
            assertThat(ask(node.admin(), "DELETE", "/admin/chaos/x?by=bob").statusCode())
                    .isEqualTo(200);
            assertThat(stall.buy("tea")).isEqualTo("sold tea");
            assertThat(ask(node.admin(), "GET", "/admin/explain?area=chaos").body())
                    .contains("started by ann from 127.0.0.1", "stopped by bob from 127.0.0.1");
            assertThat(ask(node.admin(), "DELETE", "/admin/chaos/x").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void aMistakeInAnExperimentIsNamedWithItsRuleAndARemedy() throws Exception {
        try (HoldfastNode node = start("true")) {
            assertRefused(
                    node, "{name: x, service: stall, fault: latency}", 400, "delay is not set and fault is latency");
            assertRefused(node, "{name: x, fault: error}", 400, "must name a policy or a service");
            assertRefused(
                    node, "{name: x, service: stall, fault: error, share: 120%}", 400, "share of experiment x (1.2)");
            assertRefused(
                    node,
                    "{name: x, service: stall, fault: error, time-box: 2h}",
                    400,
                    "time-box of experiment x (2h) must be at most 1h");
            assertRefused(
                    node,
                    "{name: x, service: stall, fault: eror}",
                    400,
                    "experiment.fault (eror) must be one of latency, error");
            assertRefused(node, "{name: x, service: stall, fault: error, shar: 1}", 400, "experiment.shar");
            assertRefused(
                    node,
                    "{name: x, service: stall, fault: error, slo: nosuch}",
                    400,
                    "slo (nosuch) must be a name under holdfast.slo");
            assertRefused(
                    node, "{name: x, service: stall, fault: error, node: b}", 400, "is for node b, and this is node a");
            assertRefused(node, "{name: x, fault: kill}", 409, "kill is not in holdfast.chaos.allow");
            assertThat(node.chaos().list()).isEmpty();
        }
        try (HoldfastNode node = start("false")) {
            assertRefused(node, "{name: x, service: stall, fault: drop}", 409, "holdfast.chaos.enabled is false");
        }
    }

    private void assertRefused(HoldfastNode node, String experiment, int status, String rule) throws Exception {
        HttpResponse<String> answer = begin(node.admin(), experiment);
        assertThat(answer.body()).contains(rule);
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void anObjectiveThatBurnsAbortsTheExperiment() throws Exception {
        try (HoldfastNode node = start("true")) {
            Stall stall = client(node, new Shelf());
            assertThat(begin(node.admin(), "{name: x, service: stall, fault: error, share: 50%, slo: trade}")
                            .statusCode())
                    .isEqualTo(201);
            await().atMost(LIMIT).until(() -> {
                try {
                    stall.buy("tea");
                } catch (InjectedFaultException injected) {
                    // what the objective counts
                }
                return node.chaos().list().isEmpty();
            });
            await().atMost(LIMIT) // it is noted after it is gone
                    .until(() -> ask(node.admin(), "GET", "/admin/explain?area=chaos")
                            .body()
                            .contains("aborted: availability of stall (99.9% answered) burns at"));
            assertThat(ask(node.admin(), "GET", "/admin/slo").body())
                    .contains("\"service\":\"stall\",\"objective\":\"availability\"", "\"alert\":\"page-fast\"");
        }
    }

    @Test
    void anObjectiveCountsCallsAsTheirCallersSeeThem() throws Exception {
        try (HoldfastNode node = start("false")) {
            Shelf shelf = new Shelf();
            Stall stall = client(node, shelf);
            stall.buy("tea");
            stall.buyLater("tea").toCompletableFuture().get();
            await().atMost(LIMIT).until(() -> good(node) == 2);
            shelf.empty.set(true);
            assertThatThrownBy(() -> stall.buy("tea")).isInstanceOf(HoldfastException.class);
            assertThat(stall.buyLater("tea").toCompletableFuture()).failsWithin(LIMIT);
            await().atMost(LIMIT).until(() -> bad(node) == 2);
            assertThat(stall.order("tea")).as("a fallback stands in").isEqualTo("another tea");
            await().atMost(LIMIT).until(() -> good(node) == 3);
            assertThat(ask(node.admin(), "GET", "/metrics").body())
                    .contains(
                            "holdfast_slo_events_total{objective=\"availability\",result=\"bad\",service=\"stall\"} 2.0");
        }
    }

    private static long good(HoldfastNode node) {
        return node.slos().trackers().get("stall").get(0).good();
    }

    private static long bad(HoldfastNode node) {
        return node.slos().trackers().get("stall").get(0).bad();
    }

    private static ProcessNode process(ProcessCluster cluster) {
        int admin = cluster.freePort();
        return cluster.node("a", ShopMain.class)
                .arguments(
                        "--holdfast.node.id=a",
                        "--holdfast.admin.port=" + admin,
                        "--holdfast.chaos.enabled=true",
                        "--holdfast.chaos.allow=pause,kill")
                .admin(URI.create("http://127.0.0.1:" + admin))
                .start()
                .awaitReady(LIMIT);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aNodeIsPausedGoesOnByItselfAndIsKilled(@TempDir Path directory) throws Exception {
        try (ProcessCluster cluster = ProcessCluster.in(directory)) {
            ProcessNode node = process(cluster);
            assertThat(begin(node.admin(), "{name: p, fault: pause, duration: 1s}")
                            .statusCode())
                    .isEqualTo(201);
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> state(node).equals("T"));
            await().atMost(LIMIT).until(() -> !state(node).equals("T"));
            await().atMost(LIMIT)
                    .until(() -> ask(node.admin(), "GET", "/admin/chaos").body().contains("\"experiments\":[]"));
            assertThat(begin(node.admin(), "{name: k, fault: kill}").statusCode())
                    .isEqualTo(201);
            assertThat(node.awaitExit(LIMIT)).isEqualTo(137);
            assertThat(node.output()).anyMatch(line -> line.contains("experiment k on node a started by ann"));
        }
    }

    private static String state(ProcessNode node) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + node.pid() + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    }
}
