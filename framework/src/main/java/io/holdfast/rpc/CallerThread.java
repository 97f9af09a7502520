package io.holdfast.rpc;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.env.IoThread;

/** What the thread of a caller may do. */
final class CallerThread {
    private CallerThread() {}

    /** A blocked I/O thread would wait for an answer that only it can read. */
    static void requireMayBlock(RemoteMethod remote) {
        if (IoThread.isCurrent()) {
            throw new IllegalStateException(
                    remote.name() + " blocks, and thread "
                            + Thread.currentThread().getName()
                            + " must not: follow a stage with thenApplyAsync(.., executor), drop @NonBlocking, or let the method return a CompletionStage");
        }
    }
}
