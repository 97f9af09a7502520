package io.holdfast.sharding.job;

import io.holdfast.sharding.Tenure;
import java.util.concurrent.CompletionStage;

/** Something that lives on this node for as long as a shard does. For use by the thread of the jobs. */
interface Stay {
    /** What has a stay in each tenure of its shard. */
    @FunctionalInterface
    interface Resident {
        Stay begin(Tenure tenure);
    }

    /** Begin nothing new, finish what is under way. */
    void drain();

    /** Interrupt what is under way. */
    void stop();

    /** Completes, on the thread of the jobs, when nothing is under way and nothing will be. */
    CompletionStage<?> ended();
}
