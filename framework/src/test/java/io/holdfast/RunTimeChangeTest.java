package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.CircuitOpenException;
import io.holdfast.circuitbreaker.Pipeline;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Policies and traffic rules of a live node, changed over its admin endpoint. */
class RunTimeChangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final HoldfastNode node = Holdfast.node("changed")
            .set("holdfast.policies.catalog.bulkhead.max-concurrent", "4")
            .start()
            .awaitReady(LIMIT);

    @AfterEach
    void close() {
        node.close();
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        URI uri = node.admin().resolve(path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private Optional<PolicyConfig> numbers() {
        return node.policies().numbers("catalog");
    }

    @Test
    void aPolicyIsChangedAsAWholeByYamlOrJson() throws Exception {
        Pipeline catalog = node.policies().pipeline("catalog").build();
        assertThat(catalog.describe()).isEqualTo("bulkhead(4) > call");

        HttpResponse<String> answer = ask(
                "PUT",
                "/admin/policies/catalog",
                "timeout: 300ms\nbulkhead:\n  max-concurrent: 8\ncircuit-breaker: {}\n");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(catalog.describe())
                .isEqualTo("circuit-breaker(50.0% of 20 calls, closed) > bulkhead(8) > timeout(300ms) > call");
        assertThat(ask("PUT", "/admin/policies/catalog", "{\"bulkhead\": {\"max-concurrent\": 2}}")
                        .body())
                .contains("bulkhead(2) > call");
        assertThat(catalog.describe()).isEqualTo("bulkhead(2) > call");
        assertThat(ask("GET", "/admin/explain?area=policy", "").body()).contains("numbers changed to");
    }

    @Test
    void aBadChangeIsRefusedWholeWithEveryProblem() throws Exception {
        Optional<PolicyConfig> before = numbers();

        HttpResponse<String> answer = ask(
                "PUT",
                "/admin/policies/catalog",
                "timeout: 300ms\nbulkhed: {max-concurrent: 8}\nretry:\n  max-retries: 1000\n");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("2 problems")
                .contains("request body:2")
                .contains("bulkhead")
                .contains("max-retries (1000)")
                .contains("nothing was changed");
        assertThat(numbers()).isEqualTo(before);
        assertThat(ask("PUT", "/admin/policies/catalog", " ").body()).contains("the request has no body");
        assertThat(ask("PUT", "/admin/policies/Bad_Name", "{}").statusCode()).isEqualTo(400);
        assertThat(numbers()).contains(PolicyConfig.NONE.withBulkhead(new BulkheadConfig(4)));
    }

    @Test
    void anOperatorHoldsABreakerOpenAndGivesItBack() throws Exception {
        Pipeline payments =
                node.policies().pipeline("payments").circuitBreaker().build();

        assertThat(ask("POST", "/admin/policies/payments/breaker?mode=forced-open", "")
                        .body())
                .contains("forced_open");
        assertThatThrownBy(() -> payments.call(() -> "not reached")).isInstanceOf(CircuitOpenException.class);
        ask("POST", "/admin/policies/payments/breaker?mode=automatic", "");

        assertThat(payments.call(() -> "well")).isEqualTo("well");
        assertThat(ask("POST", "/admin/policies/payments/breaker?mode=ajar", "").body())
                .contains("mode (ajar) must be one of")
                .contains("forced-closed");
        assertThat(ask("POST", "/admin/policies/nobody/breaker?mode=automatic", "")
                        .body())
                .contains("policy nobody is not in use; these are");
    }

    @Test
    void trafficRulesAreChangedAsAWholeWithAWarningForAServiceThatNobodyServes() throws Exception {
        HttpResponse<String> answer =
                ask("PUT", "/admin/traffic/catalog", "rules:\n  canary:\n    split: [1.0=90, 2.0=10]\n");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"rules\":{\"canary\":{").contains("nobody serves catalog now");
        assertThat(ask("PUT", "/admin/traffic/catalog", "rules: {canary: {split: 7}}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(ask("GET", "/admin/traffic/catalog", "").body())
                .contains("\"rules\":{\"canary\":{", "\"split\":[\"1.0=90\",\"2.0=10\"]", "\"consecutive-failures\":5");
        assertThat(ask("DELETE", "/admin/traffic/catalog", "").body())
                .contains("\"consecutive-failures\":5", "\"warnings\":[]")
                .doesNotContain("rules");
    }
}
