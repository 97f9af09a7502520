package io.holdfast.transport.http;

import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.Check;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * A response. The server adds {@code Content-Length}, {@code X-Content-Type-Options: nosniff} and, unless set here, {@code Cache-Control: no-store}.
 *
 * @param status 200 to 599
 * @param headers by name; names and values without line breaks
 * @param body the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HttpResponse(int status, Map<String, String> headers, byte[] body) {
    /**
     * Validates status and headers.
     *
     * @param status 200 to 599
     * @param headers by name; names and values without line breaks
     * @param body the bytes
     * @throws IllegalArgumentException if the status is out of range or a header has a line break or an illegal name
     */
    public HttpResponse {
        Check.between("HTTP status", status, 200, 599);
        headers = Map.copyOf(headers);
        headers.forEach((name, value) -> Check.that(
                isToken(name) && value.chars().noneMatch(c -> (c < ' ' && c != '\t') || c == 127),
                "header (%s) must have a token as name and a value without control characters",
                name));
    }

    private static boolean isToken(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
    }

    /**
     * A JSON document.
     *
     * @param status the status
     * @param body the document in UTF-8
     * @return the response
     */
    public static HttpResponse json(int status, byte[] body) {
        return new HttpResponse(status, Map.of("Content-Type", "application/json"), body);
    }

    /**
     * A JSON document.
     *
     * @param status the status
     * @param body the document
     * @return the response
     */
    public static HttpResponse json(int status, String body) {
        return json(status, body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Plain text in UTF-8.
     *
     * @param status the status
     * @param body the text
     * @return the response
     */
    public static HttpResponse text(int status, String body) {
        return new HttpResponse(
                status, Map.of("Content-Type", "text/plain; charset=utf-8"), body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A problem document (RFC 9457).
     *
     * @param status the status
     * @param kind the last part of {@code type}, {@code urn:holdfast:problem:<kind>}; a stable word for programs
     * @param title the kind in a few words for people
     * @param detail this occurrence: value, rule, remedy
     * @return the response
     */
    public static HttpResponse problem(int status, String kind, String title, String detail) {
        String body = "{\"type\":" + Json.quote("urn:holdfast:problem:" + kind) + ",\"title\":" + Json.quote(title)
                + ",\"status\":" + status + ",\"detail\":" + Json.quote(detail) + "}";
        return new HttpResponse(
                status, Map.of("Content-Type", "application/problem+json"), body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What a failure looks like to a client: 403 for {@link AccessDeniedException}, 504 for {@link DeadlineExceededException}, 503 for everything that was surely not done
     * (with {@code X-Not-Applied: true}, and {@code Retry-After} where known), 502 for unknown outcomes, 500 without detail for anything else.
     *
     * @param failure what a handler threw
     * @return the response
     */
    public static HttpResponse ofFailure(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof HoldfastException known)) {
            return problem(500, "internal", "Internal error", "the handler failed; the server's log says how");
        }
        String detail = String.valueOf(known.getMessage());
        if (known instanceof AccessDeniedException) {
            return problem(403, "access-denied", "Access denied", detail);
        } else if (known instanceof DeadlineExceededException) {
            return problem(504, "deadline-exceeded", "Deadline exceeded", detail);
        } else if (known.retry() == Retry.SAFE) {
            HttpResponse response =
                    problem(503, "unavailable", "Not available now", detail).withHeader("X-Not-Applied", "true");
            Optional<Duration> wait = known.retryAfter();
            return wait.isEmpty() ? response : response.withHeader("Retry-After", seconds(wait.get()));
        } else if (known.retry() != Retry.NEVER) {
            return problem(502, "unknown-outcome", "Outcome unknown", detail);
        }
        return problem(500, "internal", "Internal error", detail);
    }

    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
    }

    /**
     * This response with a header more.
     *
     * @param name the name
     * @param value the value
     * @return a copy
     * @throws IllegalArgumentException if one of them is illegal
     */
    public HttpResponse withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpResponse(status, more, body);
    }
}
