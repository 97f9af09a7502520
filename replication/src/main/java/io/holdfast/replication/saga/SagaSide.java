package io.holdfast.replication.saga;

import io.holdfast.core.telemetry.FlightRecorder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What all shards of a node share. */
record SagaSide(
        SagaLoop loop,
        StepDesk desk,
        Definitions definitions,
        SagaConfig config,
        SagaRules rules,
        String node,
        SagaMeters meters,
        SagaTracing tracing,
        FlightRecorder recorder) {
    private static final String AREA = "saga";

    /** Notes what somebody should know of. */
    void note(String saga, String what) {
        recorder.record(AREA, saga, what);
    }

    /** The definitions that this node knows. Safe for use by many threads. */
    static final class Definitions {
        private final Map<String, TreeMap<Integer, SagaPlan>> plans = new ConcurrentHashMap<>();

        void add(SagaPlan plan) {
            plans.compute(plan.name(), (name, versions) -> {
                TreeMap<Integer, SagaPlan> more = versions == null ? new TreeMap<>() : new TreeMap<>(versions);
                if (more.putIfAbsent(plan.version(), plan) != null) {
                    throw new IllegalArgumentException(
                            "saga " + plan + " is registered already; give the changed definition a new version");
                }
                return more;
            });
        }

        Optional<SagaPlan> find(String name, int version) {
            return Optional.ofNullable(plans.get(name)).map(versions -> versions.get(version));
        }

        Optional<SagaPlan> newest(String name) {
            return Optional.ofNullable(plans.get(name))
                    .map(versions -> versions.lastEntry().getValue());
        }
    }
}
