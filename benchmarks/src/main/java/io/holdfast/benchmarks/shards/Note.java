package io.holdfast.benchmarks.shards;

import io.holdfast.entity.ShardedEntity;
import java.util.concurrent.CompletionStage;

/** An entity of which there are many. */
@ShardedEntity(Note.KIND)
public interface Note {
    /** What names the kind. */
    String KIND = "note";

    /** How many characters its text has. */
    int TEXT = 100;

    /**
     * Its state.
     *
     * @param count how often it was written
     * @param text something that takes room
     */
    record Text(long count, String text) {}

    /**
     * Writes it.
     *
     * @return how often it was written, with this time
     */
    CompletionStage<Long> write();

    /**
     * Reads it; one that was never written has no row.
     *
     * @return how often it was written
     */
    CompletionStage<Long> count();
}
