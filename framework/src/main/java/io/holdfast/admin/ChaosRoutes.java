package io.holdfast.admin;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.core.config.ConfigurationException;
import io.holdfast.json.JsonWriter;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Experiments over HTTP: {@code POST /admin/chaos?by=ann} takes one as YAML or JSON, {@code DELETE /admin/chaos/slow?by=ann} stops it, {@code GET /admin/chaos} lists them. Safe for use by many threads.
 */
final class ChaosRoutes {
    private final Chaos chaos;

    ChaosRoutes(Chaos chaos) {
        this.chaos = chaos;
    }

    void addTo(HttpRouter router) {
        add(router, "GET", "/admin/chaos", request -> page(200));
        add(router, "POST", "/admin/chaos", this::start);
        add(router, "DELETE", "/admin/chaos/{name}", this::stop);
    }

    private static void add(HttpRouter router, String method, String path, Function<HttpRequest, HttpResponse> answer) {
        router.add(method, path, request -> CompletableFuture.completedFuture(answer.apply(request)));
    }

    private HttpResponse start(HttpRequest request) {
        try {
            chaos.start(ExperimentRequest.read(request), principal(request));
            return page(201);
        } catch (IllegalArgumentException | ConfigurationException e) {
            return HttpResponse.problem(400, "bad-experiment", "Experiment refused", String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            return HttpResponse.problem(
                    409, "experiment-not-allowed", "Experiment not allowed now", String.valueOf(e.getMessage()));
        }
    }

    private HttpResponse stop(HttpRequest request) {
        String name = request.pathParameter("name");
        return chaos.stop(name, principal(request))
                ? page(200)
                : HttpResponse.problem(
                        404,
                        "no-such-experiment",
                        "No such experiment",
                        "experiment " + name + " does not run on this node; GET /admin/chaos lists those that do");
    }

    /** The endpoint authenticates nobody: a name is what somebody says, and the address is where it came from. */
    private static String principal(HttpRequest request) {
        String said = request.query("by").orElse("");
        String from = request.remote().map(InetAddress::getHostAddress).orElse("an unknown address");
        return (said.isBlank() ? "somebody" : said.substring(0, Math.min(64, said.length()))) + " from " + from;
    }

    private HttpResponse page(int status) {
        JsonWriter json = new JsonWriter().object().name("enabled").value(chaos.isEnabled());
        json.name("experiments").array();
        chaos.list().forEach(one -> write(json, one));
        return HttpResponse.json(status, json.endArray().endObject().bytes());
    }

    private static void write(JsonWriter json, Chaos.Status one) {
        json.object()
                .name("name")
                .value(one.experiment().name())
                .name("what")
                .value(one.experiment().describe())
                .name("target")
                .value(one.experiment().target().describe())
                .name("startedBy")
                .value(one.principal())
                .name("since")
                .value(one.since().toString())
                .name("remainingMs")
                .value(one.remaining().toMillis())
                .name("calls")
                .value(one.calls())
                .name("hits")
                .value(one.hits())
                .name("held")
                .value(one.held())
                .endObject();
    }
}
