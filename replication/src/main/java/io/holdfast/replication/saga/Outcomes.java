package io.holdfast.replication.saga;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Reads what an attempt threw as advice. */
final class Outcomes {
    private Outcomes() {}

    static SagaMachine.Failed of(@Nullable Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String detail = brief(String.valueOf(cause));
        if (cause instanceof StepRefusedException) {
            return new SagaMachine.Failed(
                    SagaRecord.Failure.REFUSED, true, 0, brief(String.valueOf(cause.getMessage())));
        } else if (cause instanceof HoldfastException advice) {
            SagaRecord.Failure failure =
                    advice.retry() == Retry.SAFE ? SagaRecord.Failure.NOT_DONE : SagaRecord.Failure.UNKNOWN;
            long wait = advice.retryAfter().map(Duration::toMillis).orElse(0L);
            return new SagaMachine.Failed(failure, advice.retry() == Retry.NEVER, wait, detail);
        }
        return new SagaMachine.Failed(SagaRecord.Failure.UNKNOWN, false, 0, detail);
    }

    /** At most {@value SagaEntryCodec#MAX_DETAIL} characters. */
    static String brief(String text) {
        return text.length() <= SagaEntryCodec.MAX_DETAIL ? text : text.substring(0, SagaEntryCodec.MAX_DETAIL);
    }
}
