package io.holdfast.admin;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.slo.SloBook;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.traffic.TrafficPolicies;
import io.holdfast.json.JsonWriter;
import io.holdfast.metrics.PrometheusMetrics;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** The admin endpoint. Its answers come from memory or later, so they may run on the I/O thread. Safe for use by many threads. */
public final class AdminRoutes {
    private final Telemetry telemetry;
    private final HttpRouter router = new HttpRouter();

    private AdminRoutes(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /**
     * All routes of the admin endpoint.
     *
     * @param telemetry health and decisions
     * @param metrics what {@code /metrics} scrapes
     * @param membership who is in the cluster
     * @param directory who serves what
     * @param consensus what this node knows of its groups, asked for each request; empty if it takes no part
     * @param backup takes a backup of a group, by its name
     * @param shards the shards; empty if it takes no part
     * @param links the faults of its links; without a route where they are off
     * @param chaos what goes wrong on purpose; refused where it is off
     * @param slos what is wanted of the services
     * @param policies the resilience policies, which can be changed
     * @param traffic the traffic policies, which can be changed
     * @return the handler
     */
    public static HttpHandler of(
            Telemetry telemetry,
            PrometheusMetrics metrics,
            Membership membership,
            ServiceDirectory directory,
            Supplier<Optional<List<ConsensusPage>>> consensus,
            Function<String, CompletionStage<Backup>> backup,
            Supplier<Optional<ShardsView>> shards,
            LinkFaults links,
            Chaos chaos,
            SloBook slos,
            Policies policies,
            TrafficPolicies traffic) {
        AdminRoutes routes = new AdminRoutes(telemetry);
        routes.health("/health/live", HealthCheck.Kind.LIVE);
        routes.health("/livez", HealthCheck.Kind.LIVE);
        routes.health("/health/ready", HealthCheck.Kind.READY);
        routes.health("/readyz", HealthCheck.Kind.READY);
        routes.health("/health/started", HealthCheck.Kind.STARTED);
        routes.get(
                "/metrics",
                request -> new HttpResponse(
                        200,
                        Map.of("Content-Type", PrometheusMetrics.CONTENT_TYPE),
                        metrics.scrape().getBytes(StandardCharsets.UTF_8)));
        routes.get("/admin/members", request -> ok(AdminPages.members(membership)));
        routes.get("/admin/services", request -> ok(AdminPages.services(directory)));
        routes.router.add("GET", "/admin/consensus", request -> consensus(request, consensus));
        routes.router.add(
                "POST",
                "/admin/consensus/backup",
                request -> backup.apply(request.query("group").orElse("default"))
                        .handle((taken, failure) ->
                                failure == null ? ok(ConsensusPage.backup(taken)) : HttpResponse.ofFailure(failure)));
        routes.get("/admin/explain", routes::explain);
        routes.get("/admin/slo", request -> ok(SloPage.of(slos)));
        routes.get("/admin/slo/rules", request -> HttpResponse.text(200, slos.rules()));
        new ShardRoutes(shards).addTo(routes.router);
        new ChaosRoutes(chaos).addTo(routes.router);
        new ChangeRoutes(policies, traffic).addTo(routes.router);
        if (links.arePossible()) {
            new LinkRoutes(links).addTo(routes.router);
        }
        return routes.router;
    }

    private void health(String path, HealthCheck.Kind kind) {
        get(path, request -> {
            Map<String, HealthCheck.Result> results = telemetry.health().ask(kind);
            return HttpResponse.json(
                    AdminPages.isUp(results) ? 200 : 503,
                    AdminPages.health(results).bytes());
        });
    }

    private static CompletionStage<HttpResponse> consensus(
            HttpRequest request, Supplier<Optional<List<ConsensusPage>>> pages) {
        try {
            return ConsensusPage.of(pages.get(), request.query("group"), ConsensusQuery.of(request))
                    .thenApply(AdminRoutes::ok);
        } catch (IllegalArgumentException e) {
            return done(
                    HttpResponse.problem(400, "bad-query", "The query cannot be read", String.valueOf(e.getMessage())));
        }
    }

    private HttpResponse explain(HttpRequest request) {
        return ok(AdminPages.explain(
                telemetry.recorder(),
                request.query("area").orElse(""),
                request.query("subject").orElse("")));
    }

    private static HttpResponse ok(JsonWriter json) {
        return HttpResponse.json(200, json.bytes());
    }

    private void get(String path, Function<HttpRequest, HttpResponse> page) {
        router.add("GET", path, request -> done(page.apply(request)));
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
    }
}
