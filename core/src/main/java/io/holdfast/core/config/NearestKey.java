package io.holdfast.core.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the key that somebody meant. */
final class NearestKey {
    private NearestKey() {}

    /** The message for a key that does not exist; the value is left out, since it may be a secret under a mistyped key. */
    static String unknown(String key, Collection<String> known) {
        String nearest = among(key, known);
        return key + " is not a known key; "
                + (nearest == null ? "remove it or look it up in docs/configuration.md" : "did you mean " + nearest);
    }

    /** The nearest known key, or null if none is similar. */
    static @Nullable String among(String key, Collection<String> known) {
        String wanted = Setting.canonical(key);
        String best = null;
        int bestDistance = Math.max(2, wanted.length() / 5) + 1;
        for (String candidate : known) {
            int distance = distance(wanted, Setting.canonical(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best != null ? best : bySameLastName(key, known);
    }

    // the right name at the wrong place: holdfast.probe-interval for holdfast.discovery.swim.probe-interval
    private static @Nullable String bySameLastName(String key, Collection<String> known) {
        String last = key.substring(key.lastIndexOf('.') + 1);
        for (String candidate : known) {
            if (candidate.endsWith("." + last)) {
                return candidate;
            }
        }
        return null;
    }

    /** Levenshtein's distance in two rows: insertions, deletions, substitutions. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitution, Math.min(previous[j], row[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = row;
            row = swap;
        }
        return previous[b.length()];
    }
}
