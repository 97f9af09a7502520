package io.holdfast.examples.streaming.catalog;

/**
 * A film.
 *
 * @param id its row in the table, from 1
 * @param name its name
 * @param year of its release, 0 where unknown
 * @param genre its genre, empty where unknown
 * @param director who directed it, empty where unknown
 * @param rating 0 to 10, 0 where unknown
 * @param votes how many people rated it
 * @param minutes its length, 0 where unknown
 */
public record Title(
        int id, String name, int year, String genre, String director, double rating, int votes, int minutes) {
    private static final double MEAN_RATING = 6.3;
    private static final double VOTES_TO_TRUST = 25_000;

    /**
     * The rating, drawn towards the mean as far as few people voted: {@code v/(v+m) * rating + m/(v+m) * mean}, the formula of IMDb's chart.
     *
     * @return 0 to 10
     */
    public double weightedRating() {
        double trust = votes / (votes + VOTES_TO_TRUST);
        return trust * rating + (1 - trust) * MEAN_RATING;
    }
}
