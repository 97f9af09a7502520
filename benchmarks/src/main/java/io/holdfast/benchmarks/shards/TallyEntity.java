package io.holdfast.benchmarks.shards;

import io.holdfast.entity.ShardedEntity;
import io.holdfast.sharding.entity.EntityState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A tally. Not safe for use by many threads, and need not be. */
@ShardedEntity(Tally.KIND)
final class TallyEntity implements Tally {
    private final EntityState<Sum> state;

    TallyEntity(EntityState<Sum> state) {
        this.state = state;
    }

    private Sum present() {
        return state.get().orElse(Sum.ZERO);
    }

    @Override
    public CompletionStage<Long> add(long number) {
        Sum next = with(present(), number);
        state.set(next);
        return CompletableFuture.completedFuture(next.count());
    }

    private static Sum with(Sum sum, long number) {
        if (number > sum.last()) {
            if (number == sum.last() + 1) {
                return new Sum(number, sum.missing(), sum.doubled());
            }
            List<Long> missing = new ArrayList<>(sum.missing());
            for (long between = sum.last() + 1; between < number; between++) {
                missing.add(between);
            }
            return new Sum(number, missing, sum.doubled());
        }
        List<Long> missing = new ArrayList<>(sum.missing());
        boolean first = missing.remove(Long.valueOf(number));
        return new Sum(sum.last(), missing, sum.doubled() + (first ? 0 : 1));
    }

    @Override
    public CompletionStage<Sum> sum() {
        return CompletableFuture.completedFuture(present());
    }
}
