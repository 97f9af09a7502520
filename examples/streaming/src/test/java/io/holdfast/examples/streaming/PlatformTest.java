package io.holdfast.examples.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.core.ServiceName;
import io.holdfast.core.env.Environment;
import io.holdfast.core.security.Secret;
import io.holdfast.examples.streaming.account.Accounts;
import io.holdfast.examples.streaming.account.Plan;
import io.holdfast.examples.streaming.catalog.StoredCatalog;
import io.holdfast.examples.streaming.catalog.Title;
import io.holdfast.examples.streaming.json.Json;
import io.holdfast.examples.streaming.reaction.Reaction;
import io.holdfast.examples.streaming.reaction.Reactions;
import io.holdfast.replication.quorum.LatestMap;
import io.holdfast.replication.quorum.QuorumOptions;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes in one JVM: the front has the gateway and auth, the back everything else. */
class PlatformTest {
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Environment ENV = Environment.system();
    private static final ExecutorService EXECUTOR = ENV.threads().handlers("platform-test", 16);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().executor(EXECUTOR).build();

    private static final List<StreamingNode> PLATFORM = new ArrayList<>();

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
        token = token("viewer-1");
    }

    private static String token(String user) throws Exception {
        return Json.read(post("/login", "{\"user\": \"" + user + "\", \"password\": \"demo\"}", "")
                        .body())
                .at("token")
                .string()
                .orElseThrow();
    }

    private static HoldfastNode node(String name, String roles, String seeds) {
        var builder = Holdfast.node(name)
                .set("holdfast.consensus.enabled", "true")
                .set("holdfast.sharding.enabled", "true")
                .set("holdfast.replication.enabled", "true")
                .set("streaming.roles", roles)
                .set("holdfast.leader-only.trending.every", "200ms")
                .set("streaming.nightly-every", "1s")
                .set("streaming.auth.secret", SECRET)
                .set("streaming.auth.demo-password", "demo");
        // a busy machine must not look like a failing service: these tests are not about timeouts
        builder.set("holdfast.client.timeout", "30s");
        for (String service : List.of("auth", "catalog", "playback", "recommendation")) {
            builder.set("holdfast.policies." + service + ".timeout", "30s");
        }
        if (!seeds.isEmpty()) {
            builder.seeds(seeds);
        }
        HoldfastNode node = builder.start().awaitReady(LIMIT);
        PLATFORM.add(StreamingNode.host(node, ENV));
        return node;
    }

    @AfterAll
    static void stopThePlatform() {
        PLATFORM.forEach(StreamingNode::close);
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
        String other = token("viewer-2");
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
    void showsWithEachTitleHowManyUsersLikeItAndWhetherOneIsTheUser() throws Exception {
        String other = token("viewer-5");
        assertThat(like("POST", 900, token).statusCode()).isEqualTo(200);
        assertThat(text(like("POST", 900, token))).isEqualTo("{\"views\":0,\"likes\":1,\"liked\":true}");
        assertThat(text(like("POST", 900, other))).contains("\"likes\":2");
        Json title = Json.read(get("/titles/900", other).body());
        assertThat(title.at("id").number()).isEqualTo(900);
        assertThat(title.at("likes").number()).isEqualTo(2);
        assertThat(title.at("liked").isTrue()).isTrue();
        Reactions elsewhere = new Reactions(back.crdts());
        await().atMost(LIMIT).until(() -> elsewhere.of(900, "viewer-1").equals(new Reaction(0, 2, true)));

        assertThat(text(like("DELETE", 900, other))).contains("\"likes\":1,\"liked\":false");
        Json many = Json.read(get("/reactions?titles=899,900", other).body());
        assertThat(many.at("899").at("likes").number()).isZero();
        assertThat(many.at("900").at("likes").number()).isEqualTo(1);
        await().atMost(LIMIT).until(() -> elsewhere.of(900, "viewer-5").equals(new Reaction(0, 1, false)));
    }

    private static HttpResponse<byte[]> like(String method, int title, String bearer) throws Exception {
        return send(request("/titles/" + title + "/like", bearer).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void countsAViewForEachStartThatIsNotRefused() throws Exception {
        String classics = token("viewer-951");
        Json old = firstTitle(1930, 1979);
        String page = "/titles/" + old.at("id").number();
        long before = Json.read(get(page, classics).body()).at("views").number();
        assertThat(start(old, token("viewer-1000")).statusCode()).isEqualTo(403);
        assertThat(start(old, classics).statusCode()).isEqualTo(200);
        assertThat(Json.read(get(page, classics).body()).at("views").number()).isEqualTo(before + 1);
    }

    @Test
    void theCatalogueIsFilledOnceAndTitlesAreAnsweredFromIt() throws Exception {
        LatestMap<String, Integer> marks =
                back.latestMap("catalogue", String.class, Integer.class, QuorumOptions.MAJORITY);
        LatestMap<Integer, Title> titles = back.latestMap("titles", Integer.class, Title.class, QuorumOptions.MAJORITY);
        await().atMost(LIMIT).until(() -> marks.get("titles").equals(Optional.of(3200)));
        assertThat(titles.get(3200)).isPresent();
        titles.put(3111, new Title(3111, "Renamed", 2026, "", "", 0, 0, 0)); // nobody has asked for it yet
        StoredCatalog later = new StoredCatalog(front);
        assertThat(later.look()).isTrue();
        later.fill();
        assertThat(later.find(3111)).get().extracting(Title::name).isEqualTo("Renamed");
        assertThat(text(get("/titles/3111", token))).contains("Renamed");
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
        assertThat(like("POST", 9999, token).statusCode()).isEqualTo(404);
        assertThat(like("POST", 1, "").statusCode()).isEqualTo(401);
        assertThat(text(get("/reactions?titles=1,x", token))).contains("titles (x) must be numbers");
        assertThat(text(get("/search", token))).contains("query parameter q is missing");
        assertThat(text(post("/playback/1/position?seconds=-1", "", token))).contains("seconds (-1)");
        assertThat(post("/login", "{", "").statusCode()).isEqualTo(400);
    }

    @Test
    void showsWhatIsPlayedWithAPictureThatANodeHasDrawn() throws Exception {
        String viewer = token("viewer-3");
        for (int i = 0; i < 3; i++) {
            assertThat(post("/playback/500/start", "", viewer).statusCode()).isEqualTo(200);
        }
        await().atMost(LIMIT).until(() -> get("/thumbnails/500", "").statusCode() == 200);
        HttpResponse<byte[]> picture = get("/thumbnails/500", "");
        assertThat(picture.headers().firstValue("content-type")).contains("image/svg+xml");
        assertThat(text(picture)).startsWith("<svg ");
        await().atMost(LIMIT).untilAsserted(() -> {
            Json trending = Json.read(get("/home", viewer).body()).at("trending");
            assertThat(trending.at("titles").elements())
                    .anyMatch(one -> one.at("title").at("id").number() == 500
                            && one.at("plays").number() == 3);
            assertThat(trending.at("madeBy").string()).contains("back");
            assertThat(trending.at("term").number()).isPositive();
        });
        await().atMost(LIMIT).untilAsserted(() -> {
            Json charts = Json.read(get("/charts", viewer).body());
            assertThat(charts.at("titles").elements())
                    .anyMatch(one -> one.at("title").at("id").number() == 500
                            && one.at("plays").number() == 3);
            assertThat(charts.at("countedBy").string()).contains("back");
        });
    }

    @Test
    void letsEverybodyPlayWhatThePlanHasAndNothingElse() throws Exception {
        Json old = firstTitle(1930, 1979);
        Json young = firstTitle(1980, 2020);
        String classics = token("viewer-950");
        assertThat(start(young, classics).statusCode()).isEqualTo(403);
        assertThat(text(start(young, classics))).contains("is not in the plan of viewer-950 (CLASSICS)");
        assertThat(start(old, classics).statusCode()).isEqualTo(200);
        assertThat(start(old, token("viewer-1000")).statusCode()).isEqualTo(403);
    }

    private static Json firstTitle(int from, int to) throws Exception {
        for (int offset = 0; ; offset += 200) {
            for (Json title : Json.read(
                            get("/titles?limit=200&offset=" + offset, token).body())
                    .elements()) {
                if (title.at("year").number() >= from && title.at("year").number() <= to) {
                    return title;
                }
            }
        }
    }

    private static HttpResponse<byte[]> start(Json title, String bearer) throws Exception {
        return post("/playback/" + title.at("id").number() + "/start", "", bearer);
    }

    @Test
    void aPlanThatChangesCountsWithinSeconds() throws Exception {
        String viewer = token("viewer-960");
        Json young = firstTitle(1980, 2020);
        assertThat(start(young, viewer).statusCode()).isEqualTo(403);
        accounts().change("viewer-960", Plan.STANDARD);
        await().atMost(LIMIT).until(() -> start(young, viewer).statusCode() == 200);
    }

    private static Accounts accounts() {
        return new Accounts(back.consensus(), Secret.of(SECRET));
    }

    @Test
    void usersAreMadeOnceAndKeepWhatWasChangedSince() {
        accounts().change("viewer-970", Plan.LAPSED);
        assertThat(accounts().seed(Secret.of("another"))).isFalse();
        assertThat(accounts().matches("viewer-970", "demo")).isTrue();
        assertThat(accounts().matches("viewer-970", "another")).isFalse();
        assertThat(accounts().matches("viewer-1001", "demo")).isFalse();
        await().atMost(LIMIT).until(() -> accounts().plan("viewer-970") == Plan.LAPSED);
    }

    @Test
    void aBrowserGetsAPageThatAsksNobodyElse() throws Exception {
        HttpResponse<byte[]> page = get("/", "");
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .startsWith("default-src 'none'");
        assertThat(text(page)).contains("Streaming on Holdfast").doesNotContain("http://", "https://");
        assertThat(get("/thumbnails/3100", "").statusCode()).isEqualTo(404);
        assertThat(get("/thumbnails/x", "").statusCode()).isEqualTo(400);
    }
}
