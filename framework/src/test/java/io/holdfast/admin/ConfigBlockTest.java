package io.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.config.Configuration;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.traffic.CanaryConfig;
import io.holdfast.discovery.traffic.HeaderMatch;
import io.holdfast.discovery.traffic.Match;
import io.holdfast.discovery.traffic.MirrorConfig;
import io.holdfast.discovery.traffic.RouteFaultConfig;
import io.holdfast.discovery.traffic.StickyConfig;
import io.holdfast.discovery.traffic.TextMatch;
import io.holdfast.discovery.traffic.TrafficConfig;
import io.holdfast.discovery.traffic.TrafficPolicy;
import io.holdfast.discovery.traffic.TrafficRule;
import io.holdfast.discovery.traffic.VersionWeight;
import io.holdfast.json.JsonWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigBlockTest {
    @Test
    void whatIsWrittenIsReadAsTheSameValue() {
        Match match = new Match(
                List.of("find", "list"),
                List.of(HeaderMatch.parse("group=beta*"), HeaderMatch.parse("user=*")),
                Optional.of(TextMatch.parse("spiffe://shop/*")),
                Optional.of("zone-a"));
        TrafficPolicy whole = TrafficPolicy.DEFAULT
                .withOutlier(OutlierConfig.OFF)
                .withSubset(5)
                .withSticky(new StickyConfig("user", 1.5))
                .withRule(
                        "beta",
                        TrafficRule.of(3, match)
                                .withSplit(new VersionWeight("1.10", 90), new VersionWeight("true", 10))
                                .withMirror(new MirrorConfig("1.6", 0.25, 7))
                                .withTimeout(Duration.ofMillis(1500))
                                .withFault(new RouteFaultConfig(
                                        Optional.of(Duration.ofMillis(50)), 0.5, Optional.of("a \"b\": #c"), 0.001)))
                .withRule("all", TrafficRule.of(4, Match.ALL).withTimeout(Duration.ofHours(1)))
                .withCanary(CanaryConfig.of("2.0", "1.0").withSteps(List.of(10, 100), Duration.ZERO));
        for (TrafficPolicy policy : List.of(whole, TrafficPolicy.DEFAULT)) {
            String block = ConfigBlock.write(policy, new JsonWriter()).toString();
            assertThat(Configuration.builder()
                            .text("test", List.of("holdfast", "traffic", "catalog"), block)
                            .build()
                            .bind(List.of(TrafficConfig.SECTION))
                            .get(TrafficConfig.SECTION)
                            .traffic()
                            .get("catalog"))
                    .as(block)
                    .isEqualTo(policy);
        }
    }
}
