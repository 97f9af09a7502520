package io.holdfast.examples.streaming.recommendation;

import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import java.util.List;

/** What to watch next. Nobody may wait long for it: a slow or failing answer is replaced by none, and the page shows popular titles. */
@RemoteService("recommendation")
@Idempotent
public interface Recommendation {
    /** The most titles of one answer. */
    int MAX_PICKS = 50;

    /**
     * Picks titles.
     *
     * @param watched the ids of what the user watched, the latest first
     * @param count 1 to {@link #MAX_PICKS}
     * @return titles that the user has not watched
     */
    Picks pick(List<Integer> watched, int count);

    /**
     * Stands in for {@link #pick} at the caller.
     *
     * @param watched as there
     * @param count as there
     * @return no titles
     */
    default Picks nothing(List<Integer> watched, int count) {
        return Picks.none();
    }
}
