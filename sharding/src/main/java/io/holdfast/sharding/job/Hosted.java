package io.holdfast.sharding.job;

import io.holdfast.core.env.Registration;
import java.util.concurrent.CompletionStage;

/** What this node hosts, until it is taken back. Other nodes that host it go on. Safe for use by many threads. */
public interface Hosted extends Registration {
    /** Begins to {@link #withdraw} and returns at once. */
    @Override
    default void close() {
        withdraw();
    }

    /**
     * Interrupts it if it runs here, and hosts it no more. The shard stays with this node, so the job rests until another node that hosts it gets the shard. Calling it again does no harm.
     *
     * @return completes when it has ended here, and its name is free. It does not complete while a body ignores its interrupt: wait with a limit
     */
    CompletionStage<?> withdraw();
}
