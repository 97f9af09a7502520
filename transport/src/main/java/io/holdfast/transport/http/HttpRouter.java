package io.holdfast.transport.http;

import io.holdfast.core.Check;
import io.holdfast.core.env.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Finds the handler of a request by method and path. A pattern's segments are literal or {@code {name}}, which matches one non-empty segment; a literal goes before a name.
 * {@code HEAD} is answered by the handler of {@code GET}. An unknown path gets 404; a known one with another method 405 with {@code Allow}.
 *
 * <p>Safe for use by many threads; routes may come and go while requests are served.
 */
public final class HttpRouter implements HttpHandler {
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final List<Route> routes = new CopyOnWriteArrayList<>();

    /** Makes a router without routes. */
    public HttpRouter() {}

    /**
     * Adds a route.
     *
     * @param method {@code GET}, {@code POST}, {@code PUT}, {@code PATCH}, {@code DELETE} or {@code OPTIONS}
     * @param pattern for instance {@code /home/{user}}
     * @param handler answers
     * @return takes the route out again
     * @throws IllegalArgumentException if method or pattern has another form, or an equal route exists
     */
    public Registration add(String method, String pattern, HttpHandler handler) {
        Check.that(METHODS.contains(method), "HTTP method (%s) must be one of %s", method, new TreeSet<>(METHODS));
        Check.that(pattern.startsWith("/"), "route pattern (%s) must begin with '/'", pattern);
        Route route = new Route(method, pattern, segments(pattern), handler);
        synchronized (routes) {
            for (Route other : routes) {
                Check.that(
                        !other.method.equals(method) || !other.shape().equals(route.shape()),
                        "route (%s %s) exists already as %s; take the other one out first",
                        method,
                        pattern,
                        other.pattern);
            }
            int at = 0;
            while (at < routes.size() && !route.goesBefore(routes.get(at))) {
                at++;
            }
            routes.add(at, route);
        }
        return () -> routes.remove(route);
    }

    private static List<String> segments(String pattern) {
        List<String> segments =
                pattern.equals("/") ? List.of() : List.of(pattern.substring(1).split("/", -1));
        for (String segment : segments) {
            Check.that(
                    isName(segment) || (!segment.isEmpty() && segment.indexOf('{') < 0 && segment.indexOf('}') < 0),
                    "route pattern (%s) must have literal segments or {name}; found '%s'",
                    pattern,
                    segment);
        }
        return segments;
    }

    private static boolean isName(String segment) {
        return segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
    }

    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        String method = request.method().equals("HEAD") ? "GET" : request.method();
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Map<String, String> parameters = route.match(request.segments());
            if (parameters == null) {
                continue;
            }
            if (route.method.equals(method)) {
                return route.handler.handle(request.withPathParameters(parameters));
            }
            allowed.add(route.method);
        }
        return CompletableFuture.completedFuture(allowed.isEmpty() ? notFound(request) : notAllowed(request, allowed));
    }

    private static HttpResponse notFound(HttpRequest request) {
        return HttpResponse.problem(404, "not-found", "Not found", "path (" + request.path() + ") is not served here");
    }

    private static HttpResponse notAllowed(HttpRequest request, Set<String> allowed) {
        List<String> methods = new ArrayList<>(allowed);
        if (allowed.contains("GET")) {
            methods.add("HEAD");
        }
        String allow = String.join(", ", methods);
        return HttpResponse.problem(
                        405,
                        "method-not-allowed",
                        "Method not allowed",
                        "method (" + request.method() + ") must be one of " + allow + " on " + request.path())
                .withHeader("Allow", allow);
    }

    private record Route(String method, String pattern, List<String> segments, HttpHandler handler) {
        /** The pattern without its names: equal shapes match the same paths. */
        List<String> shape() {
            return segments.stream()
                    .map(segment -> isName(segment) ? "{}" : segment)
                    .toList();
        }

        boolean goesBefore(Route other) {
            int common = Math.min(segments.size(), other.segments.size());
            for (int i = 0; i < common; i++) {
                boolean literal = !isName(segments.get(i));
                if (literal != !isName(other.segments.get(i))) {
                    return literal;
                }
            }
            return false;
        }

        @Nullable Map<String, String> match(List<String> path) {
            if (path.size() != segments.size()) {
                return null;
            }
            Map<String, String> parameters = null;
            for (int i = 0; i < path.size(); i++) {
                String segment = segments.get(i);
                if (isName(segment) && !path.get(i).isEmpty()) {
                    parameters = parameters == null ? new HashMap<>() : parameters;
                    parameters.put(segment.substring(1, segment.length() - 1), path.get(i));
                } else if (!segment.equals(path.get(i))) {
                    return null;
                }
            }
            return parameters == null ? Map.of() : parameters;
        }
    }
}
