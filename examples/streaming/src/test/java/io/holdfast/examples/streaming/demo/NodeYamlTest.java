package io.holdfast.examples.streaming.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.config.Configuration;
import io.holdfast.discovery.traffic.TrafficConfig;
import io.holdfast.examples.streaming.StreamingConfig;
import io.holdfast.node.NodeSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Unknown keys are errors, so what binds has none. */
class NodeYamlTest {
    private static final List<NodePorts> PORTS =
            List.of(new NodePorts(1, 2, 3), new NodePorts(4, 5, 6), new NodePorts(7, 8, 9));

    static Stream<Arguments> scenarios() {
        return Scenarios.ALL.stream()
                .flatMap(scenario -> Stream.of(true, false).map(policy -> Arguments.of(scenario.name(), policy)));
    }

    private static NodeSettings bind(FleetPlan plan, int node) {
        String yaml = new NodeYaml(Path.of("/tmp/run"), PORTS, FleetSecrets.fresh(), plan).of(node);
        Configuration configuration =
                Configuration.builder().text("node", List.of(), yaml).build();
        StreamingConfig streaming = configuration.bind("streaming", StreamingConfig.class);
        assertThat(streaming.trouble()).contains(Path.of("/tmp/run/node-" + (node + 1) + ".trouble.yaml"));
        return NodeSettings.bind(configuration);
    }

    @ParameterizedTest(name = "{0}, with the policy: {1}")
    @MethodSource("scenarios")
    void bothConfigurationsOfEachScenarioBindOnEachNode(String name, boolean policy) {
        Scenario scenario = Scenarios.ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        FleetPlan plan = new FleetPlan(false, false, scenario::version, node -> scenario.settings(policy));
        for (int node = 0; node < PORTS.size(); node++) {
            NodeSettings settings = bind(plan, node);
            assertThat(settings.node().version()).isEqualTo(scenario.version(node));
            assertThat(settings.node().zone()).isEmpty();
        }
    }

    @Test
    void theNodesOfThePlainDemoStandInAZoneEach() {
        assertThat(bind(FleetPlan.plain(false), 2).node().zone()).isEqualTo("c");
    }

    @Test
    void theTrafficThatTheCanaryScenarioPutsIntoForceBinds() {
        for (String yaml : List.of(BadCanary.BY_HAND, BadCanary.CANARY)) {
            TrafficConfig traffic = Configuration.builder()
                    .text("body", List.of("holdfast", "traffic", "recommendation"), yaml)
                    .build()
                    .bind(List.of(TrafficConfig.SECTION))
                    .get(TrafficConfig.SECTION);
            assertThat(traffic.traffic()).containsOnlyKeys("recommendation");
        }
    }
}
