package io.holdfast.docs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /metrics} of a node said.
 *
 * @param samples its lines
 */
record Scrape(List<Sample> samples) {
    /** A line. */
    record Sample(String metric, Map<String, String> labels) {}

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*\\})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"([^\"]*)\"");

    static Scrape of(String text) {
        return new Scrape(text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Sample(line.group(1), labels(line.group(2))))
                .toList());
    }

    private static Map<String, String> labels(String braces) {
        Map<String, String> labels = new HashMap<>();
        if (braces != null) {
            Matcher found = LABEL.matcher(braces);
            while (found.find()) {
                labels.put(found.group(1), found.group(2));
            }
        }
        return labels;
    }

    boolean answers(PromQuery query) {
        return samples.stream()
                .anyMatch(sample -> sample.metric().equals(query.metric())
                        && query.matchers().stream()
                                .allMatch(wanted -> wanted.value().startsWith("$") || fits(wanted, sample)));
    }

    /** A label that the sample lacks is a mistake in the query, even where a negative matcher would hold. */
    private static boolean fits(PromQuery.Wanted wanted, Sample sample) {
        return sample.labels().containsKey(wanted.label()) && wanted.holds(sample.labels());
    }
}
