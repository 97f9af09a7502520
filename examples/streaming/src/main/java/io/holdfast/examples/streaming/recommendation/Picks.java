package io.holdfast.examples.streaming.recommendation;

import io.holdfast.examples.streaming.catalog.Title;
import java.util.List;

/**
 * What a user may like.
 *
 * @param titles best first
 * @param becauseOf the genre that the user watches most, empty if nothing is known of the user
 * @param servedBy the node that ranked; empty if the service could not be asked and nothing is picked
 */
public record Picks(List<Title> titles, String becauseOf, String servedBy) {
    /** Takes an immutable copy. */
    public Picks {
        titles = List.copyOf(titles);
    }

    /**
     * The answer when the service cannot be asked.
     *
     * @return no titles
     */
    public static Picks none() {
        return new Picks(List.of(), "", "");
    }

    /**
     * Whether the service could not be asked.
     *
     * @return true if popular titles must stand in
     */
    public boolean missing() {
        return titles.isEmpty();
    }
}
