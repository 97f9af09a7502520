package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

record Weighted(Chance chance) implements Balancer {
    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        return candidates.size() == 0
                ? null
                : candidates.at(candidates.indexAtWeight(chance.below(candidates.totalWeight())));
    }
}
