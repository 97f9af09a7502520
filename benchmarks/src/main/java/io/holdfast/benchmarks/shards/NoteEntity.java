package io.holdfast.benchmarks.shards;

import io.holdfast.entity.ShardedEntity;
import io.holdfast.sharding.entity.EntityState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A note. Not safe for use by many threads, and need not be. */
@ShardedEntity(Note.KIND)
final class NoteEntity implements Note {
    private final EntityState<Text> state;

    NoteEntity(EntityState<Text> state) {
        this.state = state;
    }

    private long written() {
        return state.get().map(Text::count).orElse(0L);
    }

    @Override
    public CompletionStage<Long> write() {
        long count = written() + 1;
        state.set(new Text(count, "x".repeat(TEXT)));
        return CompletableFuture.completedFuture(count);
    }

    @Override
    public CompletionStage<Long> count() {
        return CompletableFuture.completedFuture(written());
    }
}
