package io.holdfast.transport.http;

import io.holdfast.core.Check;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The path and query of a request line (RFC 3986, sections 2.1 and 3.3), decoded strictly: bad escapes, bad UTF-8, control characters and dot segments are refused.
 *
 * @param segments the decoded parts of the path
 * @param query the decoded parameters
 */
public record RequestTarget(List<String> segments, Map<String, List<String>> query) {
    /** More query parameters are refused: each costs memory and hashing. */
    private static final int MAX_PARAMETERS = 256;

    /**
     * Reads a target in origin form.
     *
     * @param target for instance {@code /home/ada?limit=3}
     * @return the parts
     * @throws IllegalArgumentException if it has another form; the message says what is wrong
     */
    public static RequestTarget parse(String target) {
        Check.that(target.startsWith("/"), "request target must begin with '/'");
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        List<String> segments = new ArrayList<>();
        for (String part : path.substring(1).split("/", -1)) {
            String segment = decode(part, false);
            Check.that(!segment.equals(".") && !segment.equals(".."), "path must not have dot segments");
            segments.add(segment);
        }
        if (segments.size() == 1 && segments.get(0).isEmpty()) {
            segments.clear();
        }
        return new RequestTarget(List.copyOf(segments), mark < 0 ? Map.of() : query(target.substring(mark + 1)));
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        int count = 0;
        for (String pair : text.split("&", MAX_PARAMETERS + 2)) {
            if (pair.isEmpty()) {
                continue;
            }
            Check.that(++count <= MAX_PARAMETERS, "query must have at most %d parameters", MAX_PARAMETERS);
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            parameters.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
        return parameters;
    }

    private static String decode(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0 && text.chars().allMatch(c -> c > ' ' && c < 127)) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            Check.that(c > ' ' && c < 127, "request target must be printable ASCII; percent-encode the rest");
            if (c == '%') {
                Check.that(i + 2 < text.length(), "percent escape is cut short");
                int value = Character.digit(text.charAt(i + 1), 16) * 16 + Character.digit(text.charAt(i + 2), 16);
                boolean hex =
                        Character.digit(text.charAt(i + 1), 16) >= 0 && Character.digit(text.charAt(i + 2), 16) >= 0;
                Check.that(
                        hex && value >= ' ' && value != 127,
                        "percent escape must be two hex digits and no control character");
                bytes.put((byte) value);
                i += 2;
            } else {
                bytes.put((byte) (c == '+' && plusIsSpace ? ' ' : c));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("percent escapes must be UTF-8", e);
        }
    }
}
