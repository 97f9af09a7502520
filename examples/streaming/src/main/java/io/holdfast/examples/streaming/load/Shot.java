package io.holdfast.examples.streaming.load;

import io.holdfast.core.Check;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * One request and how its answer is judged. Sending it twice must not matter.
 *
 * @param kind what is asked for, to count by
 * @param bytes the whole request as it goes over the wire (HTTP/1.1)
 * @param check says what is wrong with an answer, or nothing; it must be quick
 * @param writes whether a correct answer means that all nodes have agreed on something
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record Shot(String kind, byte[] bytes, Function<HttpAnswer, Optional<String>> check, boolean writes) {
    /**
     * A request without a body.
     *
     * @param kind what is asked for, to count by: one of few words
     * @param method the method
     * @param path the path with its query
     * @param token goes into the header Authorization
     * @param check judges the answer
     * @return the request
     */
    public static Shot of(
            String kind, String method, String path, String token, Function<HttpAnswer, Optional<String>> check) {
        Check.that(path.startsWith("/"), "path (%s) must start with /", path);
        String head = method + " " + path + " HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer " + token
                + "\r\ncontent-length: 0\r\n\r\n";
        return new Shot(kind, head.getBytes(StandardCharsets.US_ASCII), check, false);
    }

    /**
     * The same, counted as a write.
     *
     * @return a copy
     */
    public Shot asWrite() {
        return new Shot(kind, bytes, check, true);
    }
}
