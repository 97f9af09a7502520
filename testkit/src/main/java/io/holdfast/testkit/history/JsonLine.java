package io.holdfast.testkit.history;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One flat JSON object on one line (RFC 8259): strings, whole numbers, booleans and null, nothing nested. For one thread. */
final class JsonLine {
    private final String text;
    private int at;

    private JsonLine(String text) {
        this.text = text;
    }

    static String write(Map<String, @Nullable Object> fields) {
        StringBuilder line = new StringBuilder("{");
        fields.forEach((name, value) -> {
            line.append(line.length() == 1 ? "" : ",");
            quote(line, name);
            line.append(':');
            if (value instanceof String string) {
                quote(line, string);
            } else {
                line.append(value);
            }
        });
        return line.append('}').toString();
    }

    private static void quote(StringBuilder line, String value) {
        line.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                line.append(String.format("\\u%04x", (int) c)); // a lone surrogate would not survive UTF-8
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    static Map<String, @Nullable Object> read(String line) {
        return new JsonLine(line).object();
    }

    private Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        expect('{');
        if (peek() == '}') {
            at++;
            return fields;
        }
        while (true) {
            String name = string();
            expect(':');
            fields.put(name, value());
            if (peek() == '}') {
                at++;
                break;
            }
            expect(',');
        }
        if (!text.substring(at).isBlank()) {
            throw problem("the end of the line");
        }
        return fields;
    }

    private @Nullable Object value() {
        if (peek() == '"') {
            return string();
        }
        int from = at;
        while (at < text.length() && ",} ".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        if (word.equals("null")) {
            return null;
        }
        return word.equals("true") || word.equals("false") ? (Object) Boolean.valueOf(word) : Long.valueOf(word);
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            value.append(c == '\\' ? escaped() : c);
        }
        if (at == text.length()) {
            throw problem("\"");
        }
        at++;
        return value.toString();
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : ' ';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> unicode();
            default -> throw problem("an escape");
        };
    }

    private char unicode() {
        if (at + 4 > text.length()) {
            throw problem("four hexadecimal digits");
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }

    private char peek() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void expect(char c) {
        if (peek() != c) {
            throw problem(String.valueOf(c));
        }
        at++;
    }

    private IllegalArgumentException problem(String expected) {
        return new IllegalArgumentException("column " + (at + 1) + " must be " + expected);
    }
}
