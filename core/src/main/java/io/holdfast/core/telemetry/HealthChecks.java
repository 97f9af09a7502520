package io.holdfast.core.telemetry;

import io.holdfast.core.env.Registration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The health contributors of a node. Safe for use by many threads. */
public final class HealthChecks {
    private final Map<HealthCheck.Kind, Map<String, HealthCheck>> checks = new EnumMap<>(HealthCheck.Kind.class);

    /** Makes an empty set: a node without contributors is healthy. */
    public HealthChecks() {}

    /**
     * Adds a contributor.
     *
     * @param kind the question that it answers
     * @param name its name, unique for the kind
     * @param check the contributor
     * @return takes it out again
     * @throws IllegalArgumentException if the name is taken
     */
    public synchronized Registration add(HealthCheck.Kind kind, String name, HealthCheck check) {
        Map<String, HealthCheck> byName = checks.computeIfAbsent(kind, any -> new TreeMap<>());
        if (byName.putIfAbsent(name, check) != null) {
            throw new IllegalArgumentException(
                    "health check " + kind + " " + name + " exists already; choose another name");
        }
        return () -> {
            synchronized (this) {
                byName.remove(name, check);
            }
        };
    }

    /**
     * Asks every contributor of a kind. One that throws is down, with the exception as detail.
     *
     * @param kind the question
     * @return the answers by name, in order of name; all up means healthy
     */
    public Map<String, HealthCheck.Result> ask(HealthCheck.Kind kind) {
        Map<String, HealthCheck> snapshot;
        synchronized (this) {
            snapshot = new LinkedHashMap<>(checks.getOrDefault(kind, Map.of()));
        }
        Map<String, HealthCheck.Result> results = new LinkedHashMap<>();
        snapshot.forEach((name, check) -> results.put(name, answer(check)));
        return results;
    }

    private static HealthCheck.Result answer(HealthCheck check) {
        try {
            return check.check();
        } catch (RuntimeException e) {
            return new HealthCheck.Result(false, e.toString());
        }
    }
}
