package io.holdfast.benchmarks.consensus;

import java.util.concurrent.CompletionStage;

/** Told once how an operation ended, on a thread of the peer's own. */
interface KvAnswer {
    /** The operation was done. {@code value} is what a read found, empty if the key is not there; of a write it says nothing. */
    void done(byte[] value);

    /** The operation ends as a stage does. */
    default void follow(CompletionStage<byte[]> result) {
        result.whenComplete((value, failure) -> {
            if (failure != null) {
                failed(failure);
            } else {
                done(value);
            }
        });
    }

    /** The operation failed, or its outcome is not known. */
    void failed(Throwable reason);
}
