package io.holdfast.core.config;

import java.util.List;

/**
 * Where the value of a key comes from and what it beat.
 *
 * @param key the key
 * @param candidates every source that sets it, the winner first, the default last; empty if nobody sets it
 */
public record Explanation(String key, List<Candidate> candidates) {
    /**
     * A value that a source gives to the key.
     *
     * @param value the text, masked for a secret
     * @param source where it stands
     */
    public record Candidate(String value, String source) {}

    /** The explanation for people: one line for the winner and one for each value that it beat. */
    @Override
    public String toString() {
        if (candidates.isEmpty()) {
            return key + " is not set";
        }
        StringBuilder text = new StringBuilder(key);
        String verb = " = ";
        for (Candidate candidate : candidates) {
            text.append(verb)
                    .append(candidate.value())
                    .append(" (")
                    .append(candidate.source())
                    .append(')');
            verb = "\n  beats ";
        }
        return text.toString();
    }
}
