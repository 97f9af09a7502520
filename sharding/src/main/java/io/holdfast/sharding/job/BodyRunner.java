package io.holdfast.sharding.job;

import io.holdfast.core.call.CallContext;
import java.util.concurrent.CompletionStage;

/** Runs what users write, away from the thread that decides. */
interface BodyRunner {
    /** What users write. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /** A body that was begun. */
    interface Running {
        /** Completes when the body has returned, with its failure if it threw. */
        CompletionStage<?> ended();

        /** Interrupts the body if it runs, and keeps it from beginning if it has not. */
        void interrupt();
    }

    /** Begins a body; what it calls travels with the context. */
    Running start(CallContext context, Body body);
}
