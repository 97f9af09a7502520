package io.holdfast.node;

import io.holdfast.core.DurationText;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.Discovery;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Whether a node is ready, and a way to wait for it. Safe for use by many threads. */
final class Readiness {
    private static final Duration POLL = Duration.ofMillis(10);

    private final Discovery discovery;
    private final Telemetry telemetry;
    private final Environment environment;

    Readiness(Discovery discovery, Telemetry telemetry, Environment environment) {
        this.discovery = discovery;
        this.telemetry = telemetry;
        this.environment = environment;
    }

    boolean isUp() {
        return checks().values().stream().allMatch(HealthCheck.Result::up);
    }

    private Map<String, HealthCheck.Result> checks() {
        return telemetry.health().ask(HealthCheck.Kind.READY);
    }

    /** Throws {@link UnavailableException} with what is missing if it is not up in time. */
    void await(Duration limit) {
        NodeId id = discovery.self().id();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        discovery.joined().whenComplete((joined, error) -> {
            if (error == null) {
                check(ready);
            } else {
                ready.completeExceptionally(error);
            }
        });
        try {
            ready.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            ready.cancel(false);
            throw new UnavailableException("node " + id + " is not ready after " + DurationText.of(limit) + ": "
                    + missing() + "; check holdfast.node.seeds and holdfast.node.expect and that the other nodes run");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new UnavailableException("node " + id + " cannot join: " + e.getCause(), e);
        } catch (InterruptedException e) {
            ready.cancel(false);
            Thread.currentThread().interrupt();
            throw new UnavailableException("the wait for node " + id + " was interrupted", e);
        }
    }

    private String missing() {
        return checks().entrySet().stream()
                .filter(check -> !check.getValue().up())
                .map(check -> check.getKey() + ": " + check.getValue().detail())
                .collect(Collectors.joining("; "));
    }

    /** Health is asked, it does not tell by itself. */
    private void check(CompletableFuture<Void> ready) {
        if (isUp()) {
            ready.complete(null);
        } else if (!ready.isDone()) {
            environment.scheduler().schedule(POLL, () -> check(ready));
        }
    }
}
