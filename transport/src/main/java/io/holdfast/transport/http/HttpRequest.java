package io.holdfast.transport.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A whole request.
 *
 * @param method in capitals, for instance {@code GET}
 * @param segments the parts of the path between slashes, percent-decoded one by one, so that an encoded slash stays inside its segment; {@code /} has none
 * @param pathParameters the values of the route's {@code {name}} segments
 * @param query the query parameters, decoded, in order
 * @param headers by lower-case name; several of one name are joined with {@code ", "}
 * @param body the bytes, empty if there are none
 * @param remote the address of the other end of the connection, or empty if it is not known any more
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HttpRequest(
        String method,
        List<String> segments,
        Map<String, String> pathParameters,
        Map<String, List<String>> query,
        Map<String, String> headers,
        byte[] body,
        Optional<InetAddress> remote) {
    /**
     * The decoded path, for people and logs.
     *
     * @return the segments, each behind a slash
     */
    public String path() {
        return "/" + String.join("/", segments);
    }

    /**
     * The value of a {@code {name}} segment of the route.
     *
     * @param name the name
     * @return the decoded value
     * @throws IllegalArgumentException if the route has no such segment: the handler and its pattern do not fit
     */
    public String pathParameter(String name) {
        String value = pathParameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "path parameter (" + name + ") is not in the route; it has " + pathParameters.keySet());
        }
        return value;
    }

    /**
     * The first query parameter of a name.
     *
     * @param name the name
     * @return its value, or empty if there is none
     */
    public Optional<String> query(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /**
     * A header.
     *
     * @param name in any case
     * @return its value, or empty if there is none
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    HttpRequest withPathParameters(Map<String, String> values) {
        return new HttpRequest(method, segments, values, query, headers, body, remote);
    }
}
