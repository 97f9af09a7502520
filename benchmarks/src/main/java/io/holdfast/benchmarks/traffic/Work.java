package io.holdfast.benchmarks.traffic;

import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;
import java.util.concurrent.CompletionStage;

/** A service whose instances take a while. */
@RemoteService("work")
public interface Work {
    /**
     * Does it.
     *
     * @return the node that did
     */
    @Idempotent
    CompletionStage<String> work();
}
