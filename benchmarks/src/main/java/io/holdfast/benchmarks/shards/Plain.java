package io.holdfast.benchmarks.shards;

import io.holdfast.service.RemoteService;
import java.util.concurrent.CompletionStage;

/** A service call with the same argument and answer as {@link Tally#add}, and nothing behind it. */
@RemoteService("plain")
public interface Plain {
    /**
     * Does nothing.
     *
     * @param number any
     * @return the number
     */
    CompletionStage<Long> add(long number);
}
