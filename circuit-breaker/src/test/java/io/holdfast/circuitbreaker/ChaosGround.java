package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.chaos.ChaosConfig;
import io.holdfast.circuitbreaker.chaos.Experiment;
import io.holdfast.circuitbreaker.chaos.FaultKind;
import io.holdfast.circuitbreaker.chaos.NodeFaults;
import io.holdfast.circuitbreaker.chaos.Target;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;

/** A node on which experiments may run, in virtual time. */
abstract class ChaosGround {
    static final Target SEARCH = Target.policy("catalog").withMethod("search");
    static final Fault LATE = new Fault.Latency(Duration.ofMillis(200));
    static final Fault FAILING = new Fault.Error("disk on fire");

    final ManualEnvironment environment = new ManualEnvironment();
    final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    final AtomicReference<Guard> guard = new AtomicReference<>(Guard.NONE);
    final List<String> members = new ArrayList<>(List.of("a"));
    final List<String> hits = new ArrayList<>();
    final Chaos chaos = chaos("a", ChaosConfig.allowing(FaultKind.values()));
    final Policies policies = policies(chaos);
    final Pipeline search = search(policies);

    Chaos chaos(String node, ChaosConfig config) {
        NodeFaults faults = new NodeFaults() {
            @Override
            public void pause(Duration duration) {
                hits.add("pause " + duration);
            }

            @Override
            public void kill() throws IOException {
                hits.add("kill");
                throw new IOException("this node does not die");
            }
        };
        return new Chaos(
                new Chaos.Ground(
                        node,
                        environment,
                        recorder,
                        name -> name.equals("catalog")
                                ? Optional.of(now -> guard.get().check(now))
                                : Optional.empty(),
                        () -> members,
                        faults),
                config);
    }

    Policies policies(Chaos with) {
        return Policies.of(
                environment,
                new SimpleMeterRegistry(),
                recorder,
                new PoliciesConfig(Map.of("quick", PolicyConfig.NONE.withTimeout(Duration.ofMillis(50)))),
                with);
    }

    static Pipeline search(Policies of) {
        return of.pipeline("catalog").named("Catalog.search").service("catalog").build();
    }

    @AfterEach
    void close() {
        policies.close();
        chaos.close();
        assertThat(environment.timers()).as("timers left behind").isZero();
    }

    Experiment all(Fault fault) {
        return Experiment.of("x", SEARCH, fault, 1);
    }

    List<String> decisions() {
        return recorder.entries().stream()
                .filter(entry -> entry.area().equals("chaos"))
                .map(FlightRecorder.Entry::decision)
                .toList();
    }

    Thread background(Callable<?> call, AtomicReference<Object> outcome) {
        Thread thread = new Thread(() -> {
            try {
                outcome.set(call.call());
            } catch (Exception e) {
                outcome.set(e);
            }
        });
        thread.start();
        return thread;
    }

    void awaitHeld(int calls) {
        while (chaos.list().get(0).held() != calls) {
            Thread.onSpinWait();
        }
    }
}
