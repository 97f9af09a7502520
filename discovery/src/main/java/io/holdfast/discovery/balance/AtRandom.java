package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

record AtRandom(Chance chance) implements Balancer {
    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        int size = candidates.size();
        return size == 0 ? null : candidates.at(chance.below(size));
    }
}
