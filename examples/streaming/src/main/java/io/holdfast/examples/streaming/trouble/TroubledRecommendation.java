package io.holdfast.examples.streaming.trouble;

import io.holdfast.examples.streaming.recommendation.Picks;
import io.holdfast.examples.streaming.recommendation.Recommendation;
import java.util.List;

/** Holds its thread while a call is late. Safe for use by many threads. */
final class TroubledRecommendation implements Recommendation {
    private final Recommendation well;
    private final ServiceTrouble trouble;

    TroubledRecommendation(Recommendation well, ServiceTrouble trouble) {
        this.well = well;
        this.trouble = trouble;
    }

    @Override
    public Picks pick(List<Integer> watched, int count) {
        long late = trouble.delay().toMillis();
        if (late > 0) {
            hold(late);
        }
        if (trouble.fails()) {
            throw new IllegalStateException("this call fails on purpose, as the file of streaming.trouble says");
        }
        return well.pick(watched, count);
    }

    private static void hold(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt(); // the caller's time is over: what follows ends early
        }
    }
}
