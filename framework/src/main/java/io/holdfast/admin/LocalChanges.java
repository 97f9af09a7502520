package io.holdfast.admin;

import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets whoever reaches the admin endpoint read, and only processes of this machine change something: the endpoint has no authentication, and a backup costs disk. A proxy on this machine counts as this
 * machine. Safe for use by many threads.
 */
public final class LocalChanges implements HttpHandler {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final HttpHandler routes;

    /**
     * Stands before routes.
     *
     * @param routes answers what is let through
     */
    public LocalChanges(HttpHandler routes) {
        this.routes = routes;
    }

    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        boolean local = request.remote().filter(InetAddress::isLoopbackAddress).isPresent();
        if (local || READS.contains(request.method())) {
            return routes.handle(request);
        }
        String from = request.remote().map(InetAddress::getHostAddress).orElse("an unknown address");
        return CompletableFuture.completedFuture(HttpResponse.problem(
                403,
                "not-from-here",
                "Refused from another machine",
                request.method() + " " + request.path() + " came from " + from
                        + " and must come from this machine: the admin endpoint has no authentication; send it from here, or set holdfast.admin.remote-changes=true"
                        + " where only operators reach it"));
    }
}
