package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.CoalesceConfig;
import io.holdfast.circuitbreaker.config.HedgeConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResilienceExampleTest {
    private static String fetch(String path) throws IOException {
        throw new IOException(path);
    }

    @Test
    void theExampleAnswersWithItsFallback() throws Exception {
        // example
        var numbers = Configuration.builder()
                .settings(Map.of("holdfast.policies.catalog.timeout", "300ms"))
                .build()
                .bind(List.of(PoliciesConfig.SECTION))
                .get(PoliciesConfig.SECTION);

        try (Policies policies = Policies.of(numbers)) {
            Pipeline catalog = policies.pipeline("catalog")
                    .circuitBreaker()
                    .idempotent()
                    .retry()
                    .build();

            String title = catalog.call(() -> fetch("/titles/42"), error -> "unknown title");
            // end
            assertThat(title).isEqualTo("unknown title");
        }
    }

    @Test
    void theExampleOfThePageIsThisOne() throws IOException {
        String source =
                Files.readString(Path.of("src/test/java/io/holdfast/circuitbreaker/ResilienceExampleTest.java"));
        String example = source.substring(source.indexOf("// example\n") + 11, source.indexOf("            // end"));
        String page = Files.readString(Path.of("../docs/resilience.md"));

        assertThat(page).contains(example.stripTrailing().stripIndent());
    }

    @Test
    void theYamlOfThePageIsValid(@TempDir Path directory) throws IOException {
        String page = Files.readString(Path.of("../docs/resilience.md"));
        String yaml = page.substring(page.indexOf("```yaml") + 7);
        Path file = Files.writeString(directory.resolve("holdfast.yaml"), yaml.substring(0, yaml.indexOf("```")));

        PolicyConfig catalog = Configuration.builder()
                .file(file)
                .build()
                .bind(List.of(PoliciesConfig.SECTION))
                .get(PoliciesConfig.SECTION)
                .policies()
                .get("catalog");

        assertThat(catalog)
                .isEqualTo(PolicyConfig.NONE
                        .withTimeout(Duration.ofMillis(300))
                        .withCircuitBreaker(CircuitBreakerConfig.DEFAULT)
                        .withRetry(RetryConfig.DEFAULT)
                        .withHedge(HedgeConfig.DEFAULT)
                        .withCache(CacheConfig.of(Duration.ofSeconds(30))
                                .withStale(Duration.ofMinutes(1), Duration.ofHours(1)))
                        .withCoalesce(CoalesceConfig.DEFAULT)
                        .withBulkhead(BulkheadConfig.DEFAULT)
                        .withRateLimit(new RateLimitConfig(100, Duration.ofSeconds(1))
                                .smooth(10)
                                .per("principal", 10_000))
                        .withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT));
    }
}
