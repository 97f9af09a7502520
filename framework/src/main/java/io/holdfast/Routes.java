package io.holdfast;

import io.holdfast.transport.http.HttpHandler;

/**
 * The HTTP routes of a node's gateway. A pattern's segments are literal or named, {@code /home/{user}}; a request that no pattern fits is answered with 404.
 *
 * <p>Handlers run on the node's handler threads, so they may block; the deadline, correlation id and trace of the request are open as the call context, so calls to services inherit them.
 * An exception becomes a problem (RFC 9457) with the status that its kind has: 503 and 429 with Retry-After, 504, 403 or 500, never a stack trace.
 */
public interface Routes {
    /**
     * Answers GET and HEAD.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    Routes get(String pattern, HttpHandler handler);

    /**
     * Answers POST.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    Routes post(String pattern, HttpHandler handler);

    /**
     * Answers PUT.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    Routes put(String pattern, HttpHandler handler);

    /**
     * Answers DELETE.
     *
     * @param pattern the path pattern
     * @param handler answers
     * @return this
     * @throws IllegalArgumentException if the pattern is taken or malformed
     */
    Routes delete(String pattern, HttpHandler handler);
}
