package io.holdfast.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.circuitbreaker.CircuitBreaker;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.overload.OverloadMetric;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;
import io.holdfast.service.RemoteService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the files under ops ask for, a node under load tells. */
class DashboardTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String DASHBOARD = "ops/grafana/holdfast.json";
    private static final String RULES = "ops/prometheus/rules.yaml";

    /** Which appear only when something is refused: they must stand in the catalogue. */
    private static final List<MetricName> ONLY_ON_FAILURE = List.of(OverloadMetric.REFUSED);

    /** Prometheus adds it to each sample of a node. */
    private static final String ADDED = "instance";

    @RemoteService("catalog")
    interface Catalog {
        @Idempotent
        @Retry
        @CircuitBreaker
        String find(String title);
    }

    private static HoldfastNode node;
    private static Scrape scrape;

    @BeforeAll
    static void startAndLoad() throws Exception {
        node = Holdfast.node("n0")
                .consensus(true)
                .expect(1)
                .set("holdfast.policies.catalog.timeout", "5s")
                .set("holdfast.policies.catalog.bulkhead.max-concurrent", "50")
                .set("holdfast.policies.catalog.rate-limit.limit", "100000")
                .set("holdfast.policies.catalog.adaptive-limit.max-limit", "200")
                .set("holdfast.slo.browse.service", "catalog")
                .set("holdfast.slo.browse.availability", "99.9%")
                .set("holdfast.slo.browse.latency.threshold", "250ms")
                .set("holdfast.slo.browse.latency.target", "99%")
                .start()
                .awaitReady(LIMIT);
        AtomicInteger calls = new AtomicInteger();
        node.host((Catalog) title -> {
            if (calls.incrementAndGet() % 10 == 0) {
                throw new UnavailableException("every tenth call fails");
            }
            return "found " + title;
        });
        node.services()
                .awaitInstances(ServiceName.of("catalog"), 1, LIMIT)
                .toCompletableFuture()
                .join();
        Catalog catalog = node.client(Catalog.class);
        for (int i = 0; i < 50; i++) {
            assertThat(catalog.find("x")).isEqualTo("found x");
        }
        node.map("titles", String.class, String.class).put("a", "b");
        scrape = Scrape.of(get("/metrics"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String get(String path) throws Exception {
        URI uri = node.admin().resolve(path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static String read(String file) throws IOException {
        return Files.readString(ReferenceDocs.root().resolve(file));
    }

    private static List<String> expressions(String json, String key) {
        List<String> found = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING && key.equals(parser.currentName())) {
                    found.add(parser.getString());
                }
            }
        }
        return found;
    }

    private static List<String> ruleExpressions(String rules) {
        return Pattern.compile("expr: >-\\n((?: {10}.*\\n)+)")
                .matcher(rules)
                .results()
                .map(found -> found.group(1).strip())
                .toList();
    }

    private static Set<String> recorded(String rules) {
        return Pattern.compile("record: (\\S+)")
                .matcher(rules)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    /** What nobody tells. */
    private static Set<String> unanswered(List<String> expressions, Set<String> recorded, Set<String> services) {
        Set<String> missing = new TreeSet<>();
        for (String expression : expressions) {
            List<PromQuery> queries = PromQuery.in(expression);
            assertThat(queries).as("metrics in " + expression).isNotEmpty();
            for (PromQuery query : queries) {
                PromQuery asked = new PromQuery(
                        query.metric(),
                        query.matchers().stream()
                                .filter(wanted -> !wanted.label().equals(ADDED))
                                .map(wanted -> services.contains(wanted.value())
                                        ? new PromQuery.Wanted(wanted.label(), "=", "catalog")
                                        : wanted)
                                .toList());
                if (!recorded.contains(asked.metric()) && !scrape.answers(asked) && !inCatalogue(asked)) {
                    missing.add(query + " of " + expression);
                }
            }
        }
        return missing;
    }

    private static boolean inCatalogue(PromQuery query) {
        return ONLY_ON_FAILURE.stream()
                .map(MetricName::spec)
                .anyMatch(spec -> prometheus(spec).equals(query.metric())
                        && query.matchers().stream()
                                .allMatch(wanted ->
                                        spec.tags().stream().anyMatch(tag -> tag.startsWith(wanted.label() + "="))));
    }

    private static String prometheus(MetricSpec spec) {
        return spec.metric().replace('.', '_') + (spec.kind() == MetricSpec.Kind.COUNTER ? "_total" : "");
    }

    @Test
    void everyQueryOfTheDashboardIsAnsweredByALiveScrape() throws Exception {
        String json = read(DASHBOARD);
        List<String> expressions = new ArrayList<>(expressions(json, "expr"));
        assertThat(expressions).hasSizeGreaterThan(25);
        expressions.addAll(expressions(json, "query").stream()
                .filter(query -> query.startsWith("label_values("))
                .map(query -> query.replaceAll("label_values\\(([^,]+),.*", "$1"))
                .toList());
        assertThat(unanswered(expressions, recorded(read(RULES)), Set.of())).isEmpty();
    }

    @Test
    void everyRuleIsAnsweredByALiveScrapeOrAnotherRule() throws Exception {
        String rules = read(RULES);
        List<String> expressions = ruleExpressions(rules);
        assertThat(expressions).hasSizeGreaterThan(30);
        assertThat(unanswered(expressions, recorded(rules), Set.of("auth", "playback", "recommendation")))
                .isEmpty();
    }

    @Test
    void aQueryForWhatNobodyTellsIsFound() {
        Set<String> nothing = Set.of();
        assertThat(unanswered(
                        List.of("sum(rate(holdfast_slo_event_total{instance=~\"$instance\"}[5m]))"), nothing, nothing))
                .hasSize(1);
        assertThat(unanswered(List.of("holdfast_slo_events_total{result=\"ugly\"}"), nothing, nothing))
                .hasSize(1);
        assertThat(unanswered(List.of("holdfast_slo_events_total{status!=\"good\"}"), nothing, nothing))
                .hasSize(1);
        assertThat(unanswered(List.of("holdfast:slo_burn_rate:2h > 1"), nothing, nothing))
                .hasSize(1);
        assertThat(unanswered(List.of("holdfast_slo_events_total{result=\"good\"}"), nothing, nothing))
                .isEmpty();
    }

    @Test
    void aNodeGivesTheRulesOfItsOwnObjectives() throws Exception {
        String rules = get("/admin/slo/rules");
        assertThat(unanswered(ruleExpressions(rules), recorded(rules), Set.of()))
                .isEmpty();
        assertThat(rules).contains("runbook_url: docs/slo.md#page-fast");
    }

    @Test
    void everyRunbookExists() throws Exception {
        String page = read("docs/slo.md");
        Pattern.compile("runbook_url: docs/slo.md#(\\S+)")
                .matcher(read(RULES))
                .results()
                .map(found -> found.group(1))
                .distinct()
                .forEach(anchor -> assertThat(page).contains("\n### " + anchor + "\n"));
    }
}
