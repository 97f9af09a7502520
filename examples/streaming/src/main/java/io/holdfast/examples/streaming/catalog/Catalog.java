package io.holdfast.examples.streaming.catalog;

import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import java.util.List;
import java.util.Optional;

/** The titles that the platform offers. No breaker, as at {@link io.holdfast.examples.streaming.auth.Auth}. */
@RemoteService("catalog")
@Idempotent
@Timeout("700ms") // a second attempt fits into what a visitor waits
@Retry(maxRetries = 2)
public interface Catalog {
    /** The most titles in one answer. */
    int MAX_PAGE = 200;

    /**
     * Looks a title up.
     *
     * @param id the title's id
     * @return the title, or empty if there is none
     */
    Optional<Title> find(int id);

    /**
     * Finds titles by the beginnings of words in their names.
     *
     * @param text words in any order; case and accents do not matter
     * @param limit 1 to {@link #MAX_PAGE}
     * @return whole names first, then best rated first
     */
    List<Title> search(String text, int limit);

    /**
     * Goes through all titles by name.
     *
     * @param offset how many to skip
     * @param limit 1 to {@link #MAX_PAGE}
     * @return the next titles, none at the end
     */
    List<Title> browse(int offset, int limit);

    /**
     * The best rated titles.
     *
     * @param limit 1 to {@link #MAX_PAGE}
     * @return best rated first
     */
    List<Title> popular(int limit);

    /**
     * The best rated titles of a genre.
     *
     * @param genre one of {@link #genres()}
     * @param limit 1 to {@link #MAX_PAGE}
     * @return best rated first, none if there is no such genre
     */
    List<Title> ofGenre(String genre, int limit);

    /**
     * The genres.
     *
     * @return ordered by name
     */
    List<String> genres();
}
