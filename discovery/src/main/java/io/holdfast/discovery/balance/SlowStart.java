package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/**
 * Gives a new instance its share by and by, whatever chooses: a chosen one that is new stands with the probability of its warmth, or the choice is made anew among those that are not. These are
 * asked for alone, because a balancer that looks at loads would take the idle new one again, and so would one that prefers a zone in which it is alone.
 */
record SlowStart(Balancer inner, Chance chance) implements Balancer {
    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        Candidate chosen = inner.choose(candidates, nowNanos);
        if (!candidates.ramped() || chosen == null) {
            return chosen;
        }
        double warmth = chosen.standing().warmth(nowNanos);
        if (warmth >= 1 || chance.happens(warmth)) {
            return chosen;
        }
        Candidate settled = inner.choose(candidates.settled(nowNanos), nowNanos);
        return settled == null ? chosen : settled; // all of its version are new
    }
}
