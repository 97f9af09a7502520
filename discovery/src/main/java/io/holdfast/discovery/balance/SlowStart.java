package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/**
 * Gives a new instance its share by and by, whatever chooses: a chosen one that is new stands with the probability of its warmth, or the choice is made anew. After {@value #REDRAWS} times it
 * stands: with few instances a cold one is better than none.
 */
record SlowStart(Balancer inner, Chance chance) implements Balancer {
    static final int REDRAWS = 3;

    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        Candidate chosen = inner.choose(candidates, nowNanos);
        if (!candidates.ramped()) {
            return chosen;
        }
        for (int i = 0; i < REDRAWS && chosen != null; i++) {
            double warmth = chosen.standing().warmth(nowNanos);
            if (warmth >= 1 || chance.happens(warmth)) {
                return chosen;
            }
            chosen = inner.choose(candidates, nowNanos);
        }
        return chosen;
    }
}
