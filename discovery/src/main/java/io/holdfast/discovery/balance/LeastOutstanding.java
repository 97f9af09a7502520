package io.holdfast.discovery.balance;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The search begins at another place each time, so that equals take turns. */
final class LeastOutstanding implements Balancer {
    private final AtomicInteger start = new AtomicInteger();

    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        int size = candidates.size();
        if (size == 0) {
            return null;
        }
        int index = Math.floorMod(start.getAndIncrement(), size);
        Candidate best = candidates.at(index);
        for (int i = 1; i < size; i++) {
            index = index + 1 == size ? 0 : index + 1;
            Candidate candidate = candidates.at(index);
            if (candidate.pressure(nowNanos) < best.pressure(nowNanos)) {
                best = candidate;
            }
        }
        return best;
    }
}
