package io.holdfast.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that a PromQL expression asks for. Reads as much of the language as the files under {@code ops} use.
 *
 * @param metric the metric's name
 * @param matchers what it wants of the labels
 */
record PromQuery(String metric, List<Wanted> matchers) {
    /** A label matcher. */
    record Wanted(String label, String operator, String value) {
        boolean holds(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                case "=~" -> actual.matches(value);
                default -> !actual.matches(value);
            };
        }
    }

    private static final Pattern GROUPING =
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(\\{[^}]*\\})?(\\s*\\()?");
    private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    static List<PromQuery> in(String expression) {
        String plain =
                RANGE.matcher(GROUPING.matcher(expression).replaceAll(" ")).replaceAll(" ");
        List<PromQuery> queries = new ArrayList<>();
        Matcher found = SELECTOR.matcher(plain);
        while (found.find()) {
            boolean function = found.group(3) != null && found.group(2) == null;
            if (!function && !WORDS.contains(found.group(1))) {
                queries.add(new PromQuery(found.group(1), matchers(found.group(2))));
            }
        }
        return queries;
    }

    private static List<Wanted> matchers(String braces) {
        List<Wanted> wanted = new ArrayList<>();
        if (braces != null) {
            Matcher found = MATCHER.matcher(braces);
            while (found.find()) {
                wanted.add(new Wanted(found.group(1), found.group(2), found.group(3)));
            }
        }
        return wanted;
    }
}
