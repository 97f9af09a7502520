package io.holdfast.examples.streaming.demo;

import io.holdfast.examples.streaming.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks nodes over their admin endpoints and gateways. Safe for use by many threads. */
final class ClusterProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Pattern BREAKER = Pattern.compile(
            "resilience4j_circuitbreaker_state\\{[^}]*name=\"([^\"]+)\"[^}]*state=\"([^\"]+)\"[^}]*} 1\\.0");

    /**
     * A node as another sees it.
     *
     * @param state what the other believes
     * @param incarnation which life of the node it has heard of
     */
    record MemberView(String state, long incarnation) {}

    /**
     * Who leads.
     *
     * @param node the node id
     * @param term since when
     */
    record Leader(String node, long term) {}

    private final HttpClient http;

    ClusterProbe(Executor executor) {
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .executor(executor)
                .build();
    }

    /** What a node believes of all; nothing if it does not answer. */
    Map<String, MemberView> members(NodePorts node) {
        Map<String, MemberView> views = new HashMap<>();
        get(node.admin(), "/admin/members").ifPresent(json -> {
            for (Json member : Json.read(json.body()).at("members").elements()) {
                views.put(
                        member.at("id").string().orElse(""),
                        new MemberView(
                                member.at("state").string().orElse(""),
                                member.at("incarnation").number()));
            }
        });
        return views;
    }

    /** How many instances of each service a node could call. */
    Map<String, Integer> readyInstances(NodePorts node) {
        Map<String, Integer> ready = new TreeMap<>();
        get(node.admin(), "/admin/services").ifPresent(json -> {
            for (Json service : Json.read(json.body()).at("services").elements()) {
                long count = service.at("instances").elements().stream()
                        .filter(instance -> instance.at("ready").isTrue())
                        .count();
                ready.put(service.at("name").string().orElse(""), (int) count);
            }
        });
        return ready;
    }

    /** Who leads the group of replicas, as a node believes. */
    Optional<Leader> leader(NodePorts node) {
        return get(node.admin(), "/admin/consensus")
                .flatMap(json ->
                        Json.read(json.body()).at("groups").elements().stream().findFirst())
                .flatMap(group -> group.at("leader")
                        .string()
                        .map(name -> new Leader(name, group.at("term").number())));
    }

    /** The state of each breaker of a node. */
    Map<String, String> breakers(NodePorts node) {
        Map<String, String> states = new TreeMap<>();
        get(node.admin(), "/metrics").ifPresent(metrics -> {
            Matcher found = BREAKER.matcher(new String(metrics.body(), StandardCharsets.UTF_8));
            while (found.find()) {
                states.put(found.group(1), found.group(2));
            }
        });
        return states;
    }

    /** How many calls of a method a node was asked for, refused ones included; 0 if it does not answer. */
    double served(NodePorts node, String method) {
        Pattern count = Pattern.compile("(?m)^rpc_server_call_duration_seconds_count\\{[^}]*rpc_method=\""
                + Pattern.quote(method) + "\"[^}]*} (\\S+)$");
        return get(node.admin(), "/metrics")
                .map(metrics -> count.matcher(new String(metrics.body(), StandardCharsets.UTF_8))
                        .results()
                        .mapToDouble(found -> Double.parseDouble(found.group(1)))
                        .sum())
                .orElse(0.0);
    }

    /** Changes how a node's calls of a service find their instance; false if it refuses or does not answer. */
    boolean changeTraffic(NodePorts node, String service, String yaml) {
        HttpRequest request = HttpRequest.newBuilder(uri(node.admin(), "/admin/traffic/" + service))
                .timeout(PATIENCE)
                .PUT(HttpRequest.BodyPublishers.ofString(yaml))
                .build();
        return send(request).filter(answer -> answer.statusCode() == 200).isPresent();
    }

    /** How far the canary of a service is at a node: {@code running}, {@code complete}, {@code rolled_back}; empty if there is none or the node does not answer. */
    String canaryPhase(NodePorts node, String service) {
        return get(node.admin(), "/admin/traffic/" + service)
                .flatMap(page -> Json.read(page.body()).at("canary").at("phase").string())
                .orElse("");
    }

    /** How many shards a node owns, as another sees it; 0 if that one does not answer. */
    long ownedShards(NodePorts asked, String owner) {
        return shardPage(asked)
                .flatMap(page -> page.at("members").elements().stream()
                        .filter(node -> node.at("node").string().equals(Optional.of(owner)))
                        .findFirst())
                .map(node -> node.at("shards").number())
                .orElse(0L);
    }

    /** How many shards there are; 0 if the node does not answer. */
    long shards(NodePorts asked) {
        return shardPage(asked)
                .map(page -> (long) page.at("shards").elements().size())
                .orElse(0L);
    }

    private Optional<Json> shardPage(NodePorts asked) {
        return get(asked.admin(), "/admin/shards").map(page -> Json.read(page.body()));
    }

    /** Stops live moves; false if the node refuses or does not answer. */
    boolean pauseShards(NodePorts asked) {
        HttpRequest request = HttpRequest.newBuilder(uri(asked.admin(), "/admin/shards/pause"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return send(request).filter(answer -> answer.statusCode() == 200).isPresent();
    }

    /** A token for a user, or empty if the gateway cannot give one now. */
    Optional<String> login(NodePorts node, String user, String password) {
        byte[] body = Json.write(Map.of("user", user, "password", password));
        HttpRequest request = HttpRequest.newBuilder(uri(node.gateway(), "/login"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return send(request)
                .filter(answer -> answer.statusCode() == 200)
                .flatMap(answer -> Json.read(answer.body()).at("token").string());
    }

    /** A home page as the gateway of one node answers it, whatever the status; empty without an answer. */
    Optional<HttpResponse<byte[]>> home(NodePorts node, String token) {
        HttpRequest request = HttpRequest.newBuilder(uri(node.gateway(), "/home"))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + token)
                .build();
        return send(request);
    }

    private Optional<HttpResponse<byte[]>> get(int port, String path) {
        HttpRequest request =
                HttpRequest.newBuilder(uri(port, path)).timeout(PATIENCE).build();
        return send(request).filter(answer -> answer.statusCode() == 200);
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private Optional<HttpResponse<byte[]>> send(HttpRequest request) {
        try {
            return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException noAnswer) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
