package io.holdfast.replication.saga;

import java.util.concurrent.CompletionStage;

/** Runs what users write, away from the thread that decides. */
interface StepRunner {
    /** An attempt that was begun. */
    interface Running {
        /** Completes when the attempt has returned or thrown. */
        CompletionStage<byte[]> ended();

        /** Interrupts it if it runs, and keeps it from beginning if it has not. */
        void interrupt();
    }

    /** Begins an attempt. */
    Running start(Invocation invocation);
}
