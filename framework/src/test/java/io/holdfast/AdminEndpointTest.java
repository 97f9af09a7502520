package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.CatalogNodes.Catalog;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the admin endpoint of a node tells. */
class AdminEndpointTest {
    private static CatalogNodes nodes;
    private static Catalog catalog;

    @BeforeAll
    static void startThree() {
        nodes = CatalogNodes.start();
        catalog = nodes.client();
    }

    @AfterAll
    static void closeAll() {
        nodes.close();
    }

    @Test
    void theAdminEndpointTellsHealthMetricsMembersServicesAndDecisions() throws Exception {
        catalog.touch("metrics");
        assertThat(get(nodes.node(0).admin(), "/health/live").body()).contains("\"status\":\"UP\"");
        assertThat(get(nodes.node(0).admin(), "/readyz").statusCode()).isEqualTo(200);
        assertThat(get(nodes.node(0).admin(), "/health/started").statusCode()).isEqualTo(200);
        assertThat(get(nodes.node(0).admin(), "/metrics").body())
                .contains("rpc_client_call_duration_seconds_count")
                .contains("rpc_method=\"catalog/touch\"")
                .contains("jvm_memory_used_bytes")
                .as("each metric of a catalogue says what it tells")
                .contains("# HELP holdfast_swim_decisions_total What")
                .doesNotContainPattern("(?m)^# HELP (holdfast|rpc|resilience4j)\\S* *$");
        assertThat(get(nodes.node(0).admin(), "/admin/members").body())
                .contains("\"self\":\"a\"", "\"id\":\"b\"", "\"id\":\"c\"", "ALIVE");
        assertThat(get(nodes.node(0).admin(), "/admin/services").body()).contains("\"name\":\"catalog\"");
        assertThat(get(nodes.node(0).admin(), "/admin/explain?area=nothing").body())
                .isEqualTo("{\"decisions\":[]}");
        assertThat(get(nodes.node(0).admin(), "/nothing").statusCode()).isEqualTo(404);
    }

    private static java.net.http.HttpResponse<String> get(URI base, String path) throws Exception {
        return send(base, "GET", path);
    }

    private static java.net.http.HttpResponse<String> send(URI base, String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(base.resolve(path))
                                .method(method, java.net.http.HttpRequest.BodyPublishers.noBody())
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theAdminEndpointAnswersHeadAsGetWithoutABodyAndRefusesWhatWouldChangeAnything() throws Exception {
        for (String path : List.of("/health/live", "/metrics", "/admin/members", "/admin/services", "/admin/explain")) {
            var head = send(nodes.node(0).admin(), "HEAD", path);
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                    .isPositive();
            for (String method : List.of("POST", "PUT", "DELETE")) {
                var refused = send(nodes.node(0).admin(), method, path);
                assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(405);
                assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD");
                assertThat(refused.body()).contains("urn:holdfast:problem:method-not-allowed");
            }
        }
    }

    @Test
    void anEndpointOnAllAddressesIsCalledByOneThatItTakesChangesFrom() throws Exception {
        for (String all : List.of("0.0.0.0", "::")) {
            try (HoldfastNode node =
                    Holdfast.node("all").set("holdfast.admin.host", all).start()) {
                assertThat(node.admin().getHost()).isEqualTo("127.0.0.1");
                assertThat(send(node.admin(), "DELETE", "/admin/chaos/none").statusCode())
                        .as("not 403: it is from here, and says so")
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void explainIsFilteredByAreaAndSubjectAndWhatIsRecordedIsEscaped() throws Exception {
        var recorder = nodes.node(0).telemetry().recorder();
        recorder.record("test-area", "one", "says \"no\" \\ at C:\\\n\u0001</script>");
        recorder.record("test-area", "two", "second");
        recorder.record("other-area", "one", "third");
        URI admin = nodes.node(0).admin();

        String area = get(admin, "/admin/explain?area=test-area").body();
        assertThat(area).contains("\"second\"").doesNotContain("third");
        assertThat(area).contains("says \\\"no\\\" \\\\ at C:\\\\\\n\\u0001");
        assertThat(get(admin, "/admin/explain?area=test-area&subject=two").body())
                .contains("second")
                .doesNotContain("says");
        assertThat(get(admin, "/admin/explain?subject=one").body())
                .contains("says", "third")
                .doesNotContain("second");
        assertThat(get(admin, "/admin/explain").body()).contains("says", "second", "third");
    }
}
