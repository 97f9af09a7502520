package io.holdfast.gateway;

import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpRouter;

/**
 * The HTTP routes of a node's gateway. A pattern's segments are literal or named, {@code /home/{user}}; a path that no pattern fits is answered with 404.
 *
 * <p>Handlers run on the node's handler threads, so they may block; the deadline, correlation id and trace of the request are open as the call context, so calls to services
 * inherit them. When the deadline has passed or the client has gone, the handler's thread is interrupted, or the {@link java.util.concurrent.CompletableFuture} that it returned
 * cancelled. An exception becomes a problem (RFC 9457) with the status that its kind has, never a stack trace.
 *
 * <p>Safe for use by many threads; routes may be added at any time.
 */
public final class Routes {
    private final HttpRouter router = new HttpRouter();
    private final GatewayCalls calls;

    /**
     * Makes an empty set.
     *
     * @param calls runs the handlers
     */
    public Routes(GatewayCalls calls) {
        this.calls = calls;
    }

    /**
     * Answers GET and HEAD.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    public Routes get(String pattern, HttpHandler handler) {
        return add("GET", pattern, handler);
    }

    /**
     * Answers POST.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    public Routes post(String pattern, HttpHandler handler) {
        return add("POST", pattern, handler);
    }

    /**
     * Answers PUT.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    public Routes put(String pattern, HttpHandler handler) {
        return add("PUT", pattern, handler);
    }

    /**
     * Answers DELETE.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    public Routes delete(String pattern, HttpHandler handler) {
        return add("DELETE", pattern, handler);
    }

    private Routes add(String method, String pattern, HttpHandler handler) {
        router.add(method, pattern, calls.around(pattern, handler));
        return this;
    }

    /**
     * All routes as one handler.
     *
     * @return the handler of the gateway's server
     */
    public HttpHandler handler() {
        return router;
    }
}
