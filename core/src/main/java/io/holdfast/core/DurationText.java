package io.holdfast.core;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 300ms}, {@code 5s}, {@code 1m30s}, {@code 2h}, {@code 1d}, or ISO 8601 ({@code PT5S}).
 */
public final class DurationText {
    private static final Pattern PART = Pattern.compile("(\\d{1,18})\\s*(ns|us|ms|s|m|h|d)\\s*");
    private static final Map<String, Duration> UNITS = Map.of(
            "ns", Duration.ofNanos(1),
            "us", Duration.ofNanos(1000),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @param text the text; {@code 0} needs no unit
     * @return the duration, zero or more, or negative in ISO form
     * @throws IllegalArgumentException if the text has another form; the message is the rule, without the text
     */
    public static Duration parse(String text) {
        String value = text.strip();
        if (value.equals("0")) {
            return Duration.ZERO;
        }
        Check.that(!value.matches("\\d+"), "has no unit; write for instance %sms or %ss", value, value);
        try {
            return value.startsWith("P") || value.startsWith("-P") ? Duration.parse(value) : sum(value);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException("must be a duration such as 300ms, 5s, 1m30s or PT5S", e);
        }
    }

    private static Duration sum(String value) {
        Matcher part = PART.matcher(value);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            Duration unit = UNITS.get(part.group(2));
            if (unit != null) {
                sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
            }
            end = part.end();
        }
        Check.that(end == value.length() && end > 0, "must be a duration such as 300ms, 5s, 1m30s or PT5S");
        return sum;
    }

    /**
     * Writes a duration so that people and {@link #parse} read it.
     *
     * @param duration the duration
     * @return for instance {@code 1m30s}; ISO 8601 if it is negative
     */
    public static String of(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.isNegative()) {
            return duration.toString();
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toDaysPart(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toNanosPart() / 1_000_000, "ms");
        append(text, duration.toNanosPart() / 1000 % 1000, "us");
        append(text, duration.toNanosPart() % 1000, "ns");
        return text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount != 0) {
            text.append(amount).append(unit);
        }
    }
}
