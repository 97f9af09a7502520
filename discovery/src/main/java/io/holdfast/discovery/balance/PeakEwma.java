package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/** Two different candidates by chance, then the cheaper one: never the worst of all, and no herd to the best. */
record PeakEwma(Chance chance) implements Balancer {
    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        int size = candidates.size();
        if (size < 2) {
            return size == 0 ? null : candidates.at(0);
        }
        int first = chance.below(size);
        int second = chance.below(size - 1);
        Candidate a = candidates.at(first);
        Candidate b = candidates.at(second < first ? second : second + 1);
        return a.cost(nowNanos) <= b.cost(nowNanos) ? a : b;
    }
}
