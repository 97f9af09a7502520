package io.holdfast.testkit.history;

import java.util.List;

/**
 * What the checker found.
 *
 * @param status the answer for the whole history: INVALID if one key is, else UNDECIDED if one key is
 * @param operations how many operations were checked
 * @param keys how many objects
 * @param configurations how many steps the search took
 * @param findings why it is not VALID, for at most {@link #MAX_FINDINGS} keys, those that are INVALID first
 */
public record Verdict(Status status, int operations, int keys, long configurations, List<Finding> findings) {
    /** The keys that are explained at most. */
    public static final int MAX_FINDINGS = 5;

    /** The answer. */
    public enum Status {
        /** There is an order of the operations that explains what all clients saw. */
        VALID,
        /** The budget ended before an answer was found. */
        UNDECIDED,
        /** There is no such order. */
        INVALID
    }

    /**
     * What is wrong with one key.
     *
     * @param key the object
     * @param status INVALID or UNDECIDED
     * @param text the operation that cannot be explained, those open beside it and the states that were tried; for people
     */
    public record Finding(String key, Status status, String text) {}

    /**
     * Demands a linearizable history.
     *
     * @throws AssertionError with the findings if the history is INVALID, or UNDECIDED: then use more keys, fewer clients, or a greater budget
     */
    public void requireValid() {
        if (status != Status.VALID) {
            throw new AssertionError(toString());
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(status).append(": ").append(operations).append(" operations on ");
        text.append(keys).append(" keys, ").append(configurations).append(" steps\n");
        for (Finding finding : findings) {
            text.append("key ").append(finding.key()).append(" is ").append(finding.status());
            text.append(": ").append(finding.text()).append('\n');
        }
        return text.toString();
    }
}
