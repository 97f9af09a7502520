package io.holdfast.admin;

import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Refuses changes that a web page of somebody else sends through an operator's browser: a browser names the page's origin with each request that changes something (RFC 6454; Fetch, section
 * 3.2), and other programs name none. A proxy that sets another Host must remove Origin as well, or its own pages are refused. Safe for use by many threads.
 */
public final class SameOrigin implements HttpHandler {
    static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final HttpHandler routes;

    /**
     * Stands before routes.
     *
     * @param routes answers what is let through
     */
    public SameOrigin(HttpHandler routes) {
        this.routes = routes;
    }

    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        String origin = request.header("origin").orElse("");
        String host = request.header("host").orElse("");
        if (READS.contains(request.method()) || origin.isEmpty() || isOwn(origin, host)) {
            return routes.handle(request);
        }
        return CompletableFuture.completedFuture(
                HttpResponse.problem(
                        403,
                        "foreign-page",
                        "Refused from another site's page",
                        request.method() + " " + request.path() + " has Origin (" + origin
                                + "), a web page that is not from Host (" + host
                                + "): the admin endpoint has no authentication; send it with another program, without Origin; a proxy that sets another Host must remove Origin, and keep foreign pages out itself"));
    }

    private static boolean isOwn(String origin, String host) {
        int scheme = origin.indexOf("://");
        return scheme > 0 && !host.isEmpty() && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }
}
