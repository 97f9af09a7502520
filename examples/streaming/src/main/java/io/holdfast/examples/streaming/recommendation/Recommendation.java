package io.holdfast.examples.streaming.recommendation;

import io.holdfast.circuitbreaker.CircuitBreaker;
import io.holdfast.circuitbreaker.Fallback;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
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
    @Timeout("250ms")
    @Retry(maxRetries = 1)
    @CircuitBreaker
    @Fallback(method = "nothing")
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
