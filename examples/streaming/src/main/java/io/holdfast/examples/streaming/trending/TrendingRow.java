package io.holdfast.examples.streaming.trending;

import java.util.List;

/**
 * What is played now.
 *
 * @param titles the most played ones, most played first
 * @param upTo how many plays there had been in all when it was made
 * @param madeBy the node that made it
 * @param term the fencing token of the term in which it did
 */
public record TrendingRow(List<PlayedTitle> titles, long upTo, String madeBy, long term) {
    /** What is shown while there is none. */
    public static final TrendingRow NONE = new TrendingRow(List.of(), 0, "", 0);

    /** Takes an immutable copy. */
    public TrendingRow {
        titles = List.copyOf(titles);
    }

    /**
     * A title that is played.
     *
     * @param title the title's id
     * @param plays how often among the newest plays
     */
    public record PlayedTitle(int title, int plays) {}
}
