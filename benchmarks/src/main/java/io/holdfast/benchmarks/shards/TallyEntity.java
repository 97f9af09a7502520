package io.holdfast.benchmarks.shards;

import io.holdfast.entity.ShardedEntity;
import io.holdfast.sharding.entity.EntityState;
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
        Sum next = present().with(number);
        state.set(next);
        return CompletableFuture.completedFuture(next.count());
    }

    @Override
    public CompletionStage<Sum> sum() {
        return CompletableFuture.completedFuture(present());
    }
}
