package io.holdfast.admin;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.config.Section;
import io.holdfast.discovery.traffic.CanaryStatus;
import io.holdfast.discovery.traffic.TrafficConfig;
import io.holdfast.discovery.traffic.TrafficPolicies;
import io.holdfast.discovery.traffic.TrafficPolicy;
import io.holdfast.json.JsonWriter;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Changes of a running node: {@code PUT /admin/policies/<name>} and {@code PUT /admin/traffic/<service>} take the block that would stand in the configuration, as YAML or JSON, whole; it is validated
 * as at the start, applied at once, or refused with every problem and nothing changed. {@code GET /admin/traffic/<service>} shows all that holds, under {@code policy} as the block that PUT takes. {@code POST /admin/policies/<name>/breaker?mode=forced-open} takes the decision of a breaker over. A change
 * holds until the node ends: its configuration stays as it is. Safe for use by many threads.
 */
final class ChangeRoutes {
    private static final String BODY = "request body";

    private final Policies policies;
    private final TrafficPolicies traffic;

    ChangeRoutes(Policies policies, TrafficPolicies traffic) {
        this.policies = policies;
        this.traffic = traffic;
    }

    void addTo(HttpRouter router) {
        router.add("GET", "/admin/policies", answer(request -> allPolicies()));
        router.add("PUT", "/admin/policies/{name}", answer(this::putPolicy));
        router.add("POST", "/admin/policies/{name}/breaker", answer(this::force));
        router.add("GET", "/admin/traffic/{service}", answer(request -> traffic(service(request), List.of())));
        router.add("PUT", "/admin/traffic/{service}", answer(this::putTraffic));
        router.add("DELETE", "/admin/traffic/{service}", answer(this::deleteTraffic));
    }

    private static HttpHandler answer(Function<HttpRequest, JsonWriter> change) {
        return request -> {
            HttpResponse answer;
            try {
                answer = HttpResponse.json(200, change.apply(request).bytes());
            } catch (HoldfastException | IllegalArgumentException e) {
                answer = HttpResponse.problem(
                        400, "refused", "Refused, nothing was changed", String.valueOf(e.getMessage()));
            }
            return CompletableFuture.completedFuture(answer);
        };
    }

    private JsonWriter allPolicies() {
        JsonWriter json = new JsonWriter().object().name("policies").array();
        policies.describe()
                .forEach((name, stages) -> json.object()
                        .name("name")
                        .value(name)
                        .name("stages")
                        .value(stages)
                        .endObject());
        return json.endArray().endObject();
    }

    private JsonWriter policy(String name) {
        return new JsonWriter()
                .object()
                .name("name")
                .value(name)
                .name("stages")
                .value(policies.describe().getOrDefault(name, ""))
                .endObject();
    }

    private JsonWriter putPolicy(HttpRequest request) {
        String name = request.pathParameter("name");
        PolicyConfig numbers = block(request, PoliciesConfig.SECTION, "policies", name)
                .policies()
                .getOrDefault(name, PolicyConfig.NONE);
        policies.update(name, numbers);
        return policy(name);
    }

    private JsonWriter force(HttpRequest request) {
        String name = request.pathParameter("name");
        String wanted = request.query("mode").orElse("");
        BreakerMode mode = Arrays.stream(BreakerMode.values())
                .filter(known -> text(known).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("query parameter mode (" + wanted + ") must be one of "
                        + Arrays.stream(BreakerMode.values())
                                .map(ChangeRoutes::text)
                                .toList()));
        policies.force(name, mode);
        return policy(name);
    }

    private static String text(BreakerMode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private JsonWriter putTraffic(HttpRequest request) {
        ServiceName service = service(request);
        TrafficPolicy policy = block(request, TrafficConfig.SECTION, "traffic", service.value())
                .traffic()
                .getOrDefault(service.value(), TrafficPolicy.DEFAULT);
        return traffic(service, traffic.update(service, policy));
    }

    private JsonWriter deleteTraffic(HttpRequest request) {
        ServiceName service = service(request);
        return traffic(service, traffic.update(service, TrafficPolicy.DEFAULT));
    }

    private JsonWriter traffic(ServiceName service, List<String> warnings) {
        JsonWriter json =
                new JsonWriter().object().name("service").value(service.value()).name("policy");
        ConfigBlock.write(traffic.policy(service), json);
        traffic.canary(service).ifPresent(status -> canary(status, json));
        json.name("warnings").array();
        warnings.forEach(json::value);
        return json.endArray().endObject();
    }

    private static void canary(CanaryStatus status, JsonWriter json) {
        json.name("canary")
                .object()
                .name("version")
                .value(status.version())
                .name("phase")
                .value(status.phase().name().toLowerCase(Locale.ROOT))
                .name("percent")
                .value(status.percent())
                .name("why")
                .value(status.why())
                .endObject();
    }

    private static ServiceName service(HttpRequest request) {
        return ServiceName.of(request.pathParameter("service"));
    }

    /** The body as the block of a name, checked as the configuration is at the start: unknown keys are problems too. */
    private static <T extends Record> T block(HttpRequest request, Section<T> section, String kind, String name) {
        String text = new String(request.body(), StandardCharsets.UTF_8);
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "the request has no body; send the block that would stand under holdfast." + kind + "." + name
                            + ", as YAML or JSON; {} for an empty one");
        }
        return Configuration.builder()
                .text(BODY, List.of("holdfast", kind, name), text)
                .build()
                .bind(List.of(section))
                .get(section);
    }
}
