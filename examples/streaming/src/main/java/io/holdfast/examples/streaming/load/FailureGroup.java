package io.holdfast.examples.streaming.load;

import java.util.Locale;

/**
 * Requests that failed for one cause.
 *
 * @param cause what went wrong, and at which gateway
 * @param count how many
 * @param firstSecond when the first of them failed, in seconds since the load began
 * @param lastSecond when the last one did
 * @param example what the first one saw
 */
public record FailureGroup(String cause, long count, double firstSecond, double lastSecond, String example) {
    FailureGroup oneMore(double second) {
        return new FailureGroup(cause, count + 1, firstSecond, second, example);
    }

    /**
     * The group in a line.
     *
     * @return for people
     */
    public String inWords() {
        return String.format(
                Locale.ROOT,
                "%d x %s, from second %.1f to %.1f of the load%s",
                count,
                cause,
                firstSecond,
                lastSecond,
                example.isEmpty() ? "" : "; the first: " + example);
    }
}
