package io.holdfast.admin;

import io.holdfast.circuitbreaker.chaos.AbortBounds;
import io.holdfast.circuitbreaker.chaos.Experiment;
import io.holdfast.circuitbreaker.chaos.FaultKind;
import io.holdfast.circuitbreaker.chaos.Target;
import io.holdfast.core.Check;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.Default;
import io.holdfast.core.fault.Fault;
import io.holdfast.transport.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An experiment as the body of {@code POST /admin/chaos} spells it, in YAML or JSON. Read by the same binder as the configuration, with the same messages. */
record ExperimentRequest(
        String name,
        @Default("") String policy,
        @Default("") String service,
        @Default("") String method,
        @Default("") String node,
        FaultKind fault,
        Optional<Duration> delay,
        Optional<Duration> duration,
        @Default("injected") String message,
        @Default("10%") double share,
        @Default("1") int maxNodes,
        @Default("1m") Duration timeBox,
        Optional<String> slo,
        Optional<Double> minSuccess,
        Optional<Duration> maxLatency,
        @Default("20") int minCalls,
        @Default("30s") Duration window) {
    ExperimentRequest {
        Check.that(
                maxLatency.isEmpty() || minSuccess.isPresent(),
                "max-latency is set and min-success is not; say which share of the calls must be good, for instance min-success: 99%%");
        Check.that(
                fault != FaultKind.LATENCY || delay.isPresent(),
                "delay is not set and fault is latency; say by how much calls are late, for instance delay: 200ms");
        Check.that(
                fault != FaultKind.PAUSE || duration.isPresent(),
                "duration is not set and fault is pause; say for how long the node stands, for instance duration: 5s");
    }

    /** Throws {@link IllegalArgumentException} or a configuration exception with every rule that is broken. */
    static Experiment read(HttpRequest request) {
        String text = new String(request.body(), StandardCharsets.UTF_8);
        Check.that(
                !text.isBlank(),
                "the request has no body; send the experiment as YAML or JSON, for instance {name: slow, service: catalog, fault: latency, delay: 200ms}");
        return Configuration.builder()
                .text("request body", List.of("experiment"), text)
                .build()
                .bind("experiment", ExperimentRequest.class)
                .experiment();
    }

    private Experiment experiment() {
        return new Experiment(
                name,
                new Target(policy, service, method, node),
                what(),
                share,
                maxNodes,
                timeBox,
                slo,
                minSuccess.map(success -> new AbortBounds(success, maxLatency, minCalls, window)));
    }

    private Fault what() {
        return switch (fault) {
            case LATENCY -> new Fault.Latency(delay.orElseThrow());
            case ERROR -> new Fault.Error(message);
            case DROP -> new Fault.Drop();
            case PAUSE -> new Fault.Pause(duration.orElseThrow());
            case KILL -> new Fault.Kill();
        };
    }
}
