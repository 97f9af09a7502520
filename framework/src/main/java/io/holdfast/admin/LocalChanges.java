package io.holdfast.admin;

import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRequest;
import io.holdfast.transport.http.HttpResponse;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * Lets whoever reaches the admin endpoint read, and only processes of this machine change something: the endpoint has no authentication, and a backup costs disk. A proxy on this machine counts as this
 * machine. A change must name a loopback host besides, because a browser on this machine that was told by a foreign name server that {@code evil.example} is 127.0.0.1 comes from here as well (DNS
 * rebinding). Safe for use by many threads.
 */
public final class LocalChanges implements HttpHandler {
    private static final Pattern LOOPBACK = Pattern.compile(
            "(localhost|.+\\.localhost|127(\\.\\d{1,3}){3}|\\[(::|(0:){7})1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

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
        if (SameOrigin.READS.contains(request.method())) {
            return routes.handle(request);
        }
        if (request.remote().filter(InetAddress::isLoopbackAddress).isEmpty()) {
            String from = request.remote().map(InetAddress::getHostAddress).orElse("an unknown address");
            return refused(
                    "not-from-here",
                    "Refused from another machine",
                    request.method() + " " + request.path() + " came from " + from
                            + " and must come from this machine: the admin endpoint has no authentication; send it from here, or set holdfast.admin.remote-changes=true"
                            + " where only operators reach it");
        }
        Optional<String> host = request.header("host");
        if (host.isPresent() && !LOOPBACK.matcher(host.get()).matches()) {
            return refused(
                    "not-this-host",
                    "Refused for another host",
                    request.method() + " " + request.path() + " has Host (" + host.get()
                            + "), which must be a loopback name: a web page may have sent it; call localhost or 127.0.0.1, let a proxy on this machine set that and remove Origin, or set"
                            + " holdfast.admin.remote-changes=true where only operators reach it");
        }
        return routes.handle(request);
    }

    private static CompletionStage<HttpResponse> refused(String kind, String title, String detail) {
        return CompletableFuture.completedFuture(HttpResponse.problem(403, kind, title, detail));
    }
}
