package io.holdfast.rpc;

import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.CallCancelledException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a caller gets of what went wrong with an attempt. */
final class CallFailures {
    private CallFailures() {}

    static Throwable cause(RemoteMethod remote, Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof CancellationException
                ? new CallCancelledException(remote.name() + " was cancelled by its caller", cause)
                : cause;
    }

    static Exception thrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (Exception) cause;
    }
}
