package io.holdfast.examples.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.core.ServiceName;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.json.Json;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes in one JVM: the front has the gateway and auth, the back everything else. */
class PlatformTest {
    private static final Environment ENV = Environment.system();
    private static final ExecutorService EXECUTOR = ENV.threads().handlers("platform-test", 16);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().executor(EXECUTOR).build();

    private static HoldfastNode back;
    private static HoldfastNode front;
    private static String token;

    @BeforeAll
    static void startThePlatform() throws Exception {
        back = node("back", "catalog, recommendation, playback", "");
        front = node("front", "gateway, auth", back.address().toString());
        for (String service : List.of("auth", "catalog", "playback", "recommendation")) {
            front.services()
                    .awaitInstances(ServiceName.of(service), 1, Duration.ofSeconds(10))
                    .toCompletableFuture()
                    .join();
        }
        token = Json.read(post("/login", "{\"user\": \"viewer-1\", \"password\": \"demo\"}", "")
                        .body())
                .at("token")
                .string()
                .orElseThrow();
    }

    private static HoldfastNode node(String name, String roles, String seeds) {
        var builder = Holdfast.node(name)
                .set("streaming.roles", roles)
                .set("streaming.auth.secret", "a secret of at least thirty-two bytes")
                .set("streaming.auth.demo-password", "demo");
        // a busy machine must not look like a failing service: these tests are not about timeouts
        for (String service : List.of("auth", "catalog", "playback", "recommendation")) {
            builder.set("holdfast.policies." + service + ".timeout", "30s");
        }
        if (!seeds.isEmpty()) {
            builder.seeds(seeds);
        }
        HoldfastNode node = builder.start().awaitReady(Duration.ofSeconds(10));
        StreamingNode.host(node, ENV);
        return node;
    }

    @AfterAll
    static void stopThePlatform() {
        front.close();
        back.close();
        EXECUTOR.shutdown();
        ENV.close();
    }

    private static HttpResponse<byte[]> get(String path, String bearer) throws Exception {
        return send(request(path, bearer));
    }

    private static HttpResponse<byte[]> post(String path, String body, String bearer) throws Exception {
        return send(request(path, bearer).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(String path, String bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(front.gateway() + path));
        return bearer.isEmpty() ? request : request.header("authorization", "Bearer " + bearer);
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void showsAHomePageThatTwoNodesMadeTogether() throws Exception {
        Json home = Json.read(get("/home", token).body());
        assertThat(home.at("user").string()).contains("viewer-1");
        assertThat(home.at("recommended").elements()).hasSize(10);
        assertThat(home.at("popular").elements()).hasSize(10);
        assertThat(home.at("servedBy").at("gateway").string()).contains("front");
        assertThat(home.at("servedBy").at("auth").string()).contains("front");
        assertThat(home.at("servedBy").at("playback").string()).contains("back");
        assertThat(home.at("servedBy").at("recommendation").string()).contains("back");
    }

    /** The two kinds of request that the demo sends (Viewers). */
    @Test
    void eachRequestOfTheDemoCrossesAtLeastThreeServices() throws Exception {
        Map<String, Long> before = callsByService();
        assertThat(get("/home", token).statusCode()).isEqualTo(200);
        assertThat(calledSince(before)).contains("auth", "playback", "recommendation");

        Map<String, Long> between = callsByService();
        assertThat(post("/playback/2/position?seconds=1", "", token).statusCode())
                .isEqualTo(200);
        assertThat(calledSince(between)).contains("auth", "catalog", "playback");
    }

    private static Set<String> calledSince(Map<String, Long> before) {
        Map<String, Long> now = callsByService();
        return now.keySet().stream()
                .filter(service -> now.get(service) > before.getOrDefault(service, 0L))
                .collect(Collectors.toSet());
    }

    /** Successful calls of the gateway's node; each is counted before its caller goes on. */
    private static Map<String, Long> callsByService() {
        return front
                .telemetry()
                .meters()
                .find("rpc.client.call.duration")
                .tag("rpc.response.status_code", "OK")
                .timers()
                .stream()
                .collect(Collectors.groupingBy(
                        timer -> timer.getId().getTag("rpc.method").split("/")[0],
                        Collectors.summingLong(Timer::count)));
    }

    @Test
    void goesOnWhereTheUserStoppedAndRecommendsTheGenre() throws Exception {
        String other = Json.read(post("/login", "{\"user\": \"viewer-2\", \"password\": \"demo\"}", "")
                        .body())
                .at("token")
                .string()
                .orElseThrow();
        Json western = Json.read(get("/genres/Western?limit=1", other).body())
                .elements()
                .get(0);
        long id = western.at("id").number();
        assertThat(text(post("/playback/" + id + "/start", "", other))).contains("\"seconds\":0");
        assertThat(post("/playback/" + id + "/position?seconds=600", "", other).statusCode())
                .isEqualTo(200);
        assertThat(text(post("/playback/" + id + "/start", "", other))).contains("\"seconds\":600");
        Json home = Json.read(get("/home", other).body());
        assertThat(home.at("continueWatching").elements().get(0).at("seconds").number())
                .isEqualTo(600);
        assertThat(home.at("becauseOf").string()).contains("Western");
    }

    @Test
    void findsTitles() throws Exception {
        assertThat(text(get("/search?q=lord+rings&limit=5", token))).contains("The Lord of the Rings");
        assertThat(Json.read(get("/titles?offset=3195&limit=50", token).body()).elements())
                .hasSize(5);
        assertThat(text(get("/titles/1", token))).contains("10,000 B.C.");
        assertThat(text(get("/genres", token))).contains("\"Western\"");
    }

    @Test
    void letsNobodyInWithoutAGoodToken() throws Exception {
        for (String bad : List.of("", "nonsense", token + "x")) {
            HttpResponse<byte[]> answer = get("/home", bad);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        }
        assertThat(post("/login", "{\"user\": \"viewer-1\", \"password\": \"wrong\"}", "")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void saysWhatIsWrongWithARequest() throws Exception {
        assertThat(get("/titles/9999", token).statusCode()).isEqualTo(404);
        assertThat(get("/genres/None", token).statusCode()).isEqualTo(404);
        assertThat(text(get("/titles/abc", token))).contains("title id (abc) must be a number");
        assertThat(text(get("/titles?limit=201", token))).contains("limit (201) must be between 1 and 200");
        assertThat(text(get("/search", token))).contains("query parameter q is missing");
        assertThat(text(post("/playback/1/position?seconds=-1", "", token))).contains("seconds (-1)");
        assertThat(post("/login", "{", "").statusCode()).isEqualTo(400);
    }
}
