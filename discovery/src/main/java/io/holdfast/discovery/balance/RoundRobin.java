package io.holdfast.discovery.balance;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

final class RoundRobin implements Balancer {
    private final AtomicInteger next = new AtomicInteger();

    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        int size = candidates.size();
        return size == 0 ? null : candidates.at(Math.floorMod(next.getAndIncrement(), size));
    }
}
