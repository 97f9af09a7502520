package io.holdfast.core.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the key that somebody meant. */
final class NearestKey {
    private NearestKey() {}

    /** The message for a key that does not exist; the value is left out, since it may be a secret under a mistyped key. */
    static String unknown(String key, Collection<String> known) {
        String nearest = among(key, known);
        return nearest == null
                ? key + " is not a known key; remove it or look it up in docs/configuration.md"
                : meant(key, nearest);
    }

    static String meant(String key, String nearest) {
        return key + " is not a known key; did you mean " + nearest;
    }

    /**
     * The key with its first unknown section put right, or null if all are known or none is similar: {@code holdfast.polices.x.timeout} has no known key that is similar as a whole, for
     * {@code x} is a name of the user's.
     */
    static @Nullable String withKnownSections(String key, Map<String, String> sections) {
        String[] names = key.split("\\.");
        StringBuilder right = new StringBuilder(names[0]);
        for (int i = 1; i < names.length - 1; i++) {
            if (!sections.containsKey(Setting.canonical(right + "." + names[i]))) {
                String meant = sectionIn(right + ".", names[i], sections.values());
                return meant == null
                        ? null
                        : meant + "." + String.join(".", Arrays.asList(names).subList(i + 1, names.length));
            }
            right.append('.').append(names[i]);
        }
        return null;
    }

    private static @Nullable String sectionIn(String parent, String name, Collection<String> sections) {
        String best = null;
        int bestDistance = Math.max(1, name.length() / 4) + 1;
        for (String section : sections) {
            if (section.startsWith(parent) && section.indexOf('.', parent.length()) < 0) {
                int distance = distance(Setting.canonical(name), Setting.canonical(section.substring(parent.length())));
                if (distance < bestDistance) {
                    best = section;
                    bestDistance = distance;
                }
            }
        }
        return best;
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
