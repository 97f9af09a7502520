package io.holdfast.admin;

import io.holdfast.core.DurationText;
import io.holdfast.core.NodeId;
import io.holdfast.json.JsonWriter;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import io.holdfast.transport.http.HttpRouter;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The fault point of the wire behind HTTP, for tests of nodes in processes of their own: {@code PUT /admin/links/n1?cut=true}, {@code PUT /admin/links/n1?delay=50ms},
 * {@code DELETE /admin/links/n1}, {@code DELETE /admin/links} and {@code GET /admin/links}. Each says what becomes of the bytes that the node sends to this one. Safe for use by many threads.
 */
final class LinkRoutes {
    private final LinkFaults links;

    LinkRoutes(LinkFaults links) {
        this.links = links;
    }

    void addTo(HttpRouter router) {
        router.add("GET", "/admin/links", change(request -> {}));
        router.add("PUT", "/admin/links/{node}", change(this::set));
        router.add("DELETE", "/admin/links/{node}", change(request -> links.heal(node(request))));
        router.add("DELETE", "/admin/links", change(request -> links.healAll()));
    }

    private HttpHandler change(Consumer<HttpRequest> change) {
        return request -> {
            HttpResponse answer;
            try {
                change.accept(request);
                answer = HttpResponse.json(200, page().bytes());
            } catch (IllegalArgumentException | IllegalStateException e) {
                answer = HttpResponse.problem(400, "bad-request", "Request refused", String.valueOf(e.getMessage()));
            }
            return CompletableFuture.completedFuture(answer);
        };
    }

    private static NodeId node(HttpRequest request) {
        return NodeId.of(request.pathParameter("node"));
    }

    private void set(HttpRequest request) {
        if (request.query("cut").filter("true"::equals).isPresent()) {
            links.cut(node(request));
            return;
        }
        Duration delay = request.query("delay")
                .map(DurationText::parse)
                .orElseThrow(() -> new IllegalArgumentException(
                        "query must say cut=true or delay=D, for instance delay=50ms; DELETE heals the link"));
        links.delay(node(request), delay);
    }

    private JsonWriter page() {
        JsonWriter json = new JsonWriter().object().name("links").array();
        new TreeMap<>(links.all())
                .forEach((node, fault) -> json.object()
                        .name("from")
                        .value(node.value())
                        .name("cut")
                        .value(fault.cut())
                        .name("delay")
                        .value(DurationText.of(fault.delay()))
                        .endObject());
        return json.endArray().endObject();
    }
}
