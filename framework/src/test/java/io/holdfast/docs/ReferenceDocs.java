package io.holdfast.docs;

import io.holdfast.circuitbreaker.ResilienceMetric;
import io.holdfast.circuitbreaker.overload.OverloadMetric;
import io.holdfast.circuitbreaker.resilience4j.PolicyMetric;
import io.holdfast.consensus.log.LogMetric;
import io.holdfast.consensus.raft.RaftMetric;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.ConfigurationReference;
import io.holdfast.core.slo.BurnAlert;
import io.holdfast.core.slo.SloMetric;
import io.holdfast.core.slo.SloRules;
import io.holdfast.core.slo.SlosConfig;
import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricsReference;
import io.holdfast.discovery.DiscoveryMetric;
import io.holdfast.discovery.traffic.TrafficMetric;
import io.holdfast.node.LeaderMetric;
import io.holdfast.node.NodeSettings;
import io.holdfast.replication.cache.CacheMetric;
import io.holdfast.replication.crdt.CrdtMetric;
import io.holdfast.replication.quorum.QuorumMetric;
import io.holdfast.rpc.RpcMetric;
import io.holdfast.sharding.ShardingMetric;
import io.holdfast.sharding.job.JobMetric;
import io.holdfast.transport.TransportMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pages that are written from the code. */
final class ReferenceDocs {
    static final String HOW = "-Ddocs.write=true -pl framework -Dtest=ReferenceDocsTest";

    private static final String SLOS =
            "examples/streaming/src/main/resources/io/holdfast/examples/streaming/demo/slo.yaml";

    private ReferenceDocs() {}

    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("docs"))
                ? here
                : here.resolveSibling("docs").getParent();
    }

    static Map<String, String> pages() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put(
                "docs/configuration.md",
                "# Configuration\n\nEvery key of a node, written from the records in the code. A key is set, strongest first, by the node builder, the command line"
                        + " (`--holdfast.node.id=a`), a system property, the environment (`HOLDFAST_NODE_ID=a`), a YAML file, or has its default. An unknown key under"
                        + " `holdfast.` is an error that names the nearest known one; all problems are reported at once. Durations are written `300ms`, sizes `64MiB`, ratios `50%`.\n\n"
                        + ConfigurationReference.markdown(NodeSettings.SECTIONS));
        Map<String, List<? extends MetricName>> metrics = new LinkedHashMap<>();
        metrics.put("Calls", List.of(RpcMetric.values()));
        metrics.put("Policies", List.of(PolicyMetric.values()));
        metrics.put("More of policies", List.of(ResilienceMetric.values()));
        metrics.put("Objectives", List.of(SloMetric.values()));
        metrics.put("Overload", List.of(OverloadMetric.values()));
        metrics.put("Discovery", List.of(DiscoveryMetric.values()));
        metrics.put("Traffic", List.of(TrafficMetric.values()));
        metrics.put("Consensus: log", List.of(LogMetric.values()));
        metrics.put("Consensus: engine", List.of(RaftMetric.values()));
        metrics.put("Sharding", List.of(ShardingMetric.values()));
        metrics.put("Jobs of a leader", List.of(LeaderMetric.values()));
        metrics.put("Jobs of the cluster", List.of(JobMetric.values()));
        metrics.put("Near caches", List.of(CacheMetric.values()));
        metrics.put("Quorum maps", List.of(QuorumMetric.values()));
        metrics.put("Replicated values", List.of(CrdtMetric.values()));
        metrics.put("Transport", List.of(TransportMetric.values()));
        pages.put(
                "docs/metrics.md",
                "# Metrics\n\nWhat `/metrics` of the admin endpoint tells, written from the code. Prometheus shows dots as underscores and adds the unit"
                        + " (`rpc_client_call_duration_seconds`). The policies keep Resilience4j's own names (`resilience4j_*`); JVM metrics are Micrometer's (`jvm_*`).\n\n"
                        + MetricsReference.markdown(metrics));
        pages.put("ops/prometheus/rules.yaml", rules());
        return pages;
    }

    private static String rules() {
        SlosConfig slos = Configuration.builder()
                .file(root().resolve(SLOS))
                .build()
                .bind(List.of(SlosConfig.SECTION))
                .get(SlosConfig.SECTION);
        return "# Written from " + SLOS + "; a node gives the same for its own objectives at /admin/slo/rules.\n"
                + SloRules.prometheus(slos.objectives(), BurnAlert.WORKBOOK);
    }

    static void write() throws IOException {
        for (Map.Entry<String, String> page : pages().entrySet()) {
            Files.writeString(root().resolve(page.getKey()), page.getValue());
        }
    }
}
