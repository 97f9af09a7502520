package io.holdfast.circuitbreaker;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the code says of results and exceptions: which are answers of a healthy callee, which say nothing of it, which results are failures, and which failures are tried again. A test that throws
 * counts as false: it is no reason to keep a place or a permit for ever.
 *
 * @param answers exceptions that are answers
 * @param ignored exceptions that say nothing of the callee
 * @param failedResults results that are failures
 * @param retried failures that may be tried again, as far as their own advice allows it
 * @param covered failures that a fallback may stand in for, as far as they are failures of the callee
 */
record Judgement(
        Predicate<Throwable> answers,
        Predicate<Throwable> ignored,
        @Nullable Predicate<Object> failedResults,
        Predicate<Throwable> retried,
        Predicate<Throwable> covered) {
    /** Every exception is a failure, every result is good. */
    static final Judgement DEFAULT = new Judgement(error -> false, error -> false, null, error -> true, error -> true);

    /** What the end of an attempt says of the callee. */
    Ending ending(@Nullable Throwable error) {
        if (error == null || answered(error)) {
            return Ending.GOOD;
        }
        return saysNothing(error) || holds(ignored, error) ? Ending.SILENT : Ending.FAILED;
    }

    boolean answered(Throwable error) {
        return holds(answers, error);
    }

    /** Whether a fallback may stand in for it. */
    boolean covers(Throwable error) {
        return !answered(error) && !saysNothing(error) && holds(covered, error);
    }

    private boolean saysNothing(Throwable error) {
        return error instanceof InterruptedException
                || error instanceof CancellationException
                || error instanceof CallCancelledException
                || (error instanceof HoldfastException advised && advised.retry() == Retry.NEVER);
    }

    /** Whether the failure would be tried again if retries and time are left. */
    boolean retryable(Throwable error, boolean idempotent) {
        if (answered(error)
                || !(error instanceof Exception)
                || error instanceof InterruptedException
                || error instanceof CancellationException
                || !holds(retried, error)) {
            return false;
        }
        Retry advice = error instanceof HoldfastException advised ? advised.retry() : Retry.IF_IDEMPOTENT;
        return advice == Retry.SAFE || (advice == Retry.IF_IDEMPOTENT && idempotent);
    }

    /** The failure that a result stands for, or null if the result is good. */
    @Nullable FailedResult failure(@Nullable Object result) {
        Predicate<Object> test = failedResults;
        return test != null && result != null && holds(test, result) ? new FailedResult(result) : null;
    }

    private static <T> boolean holds(Predicate<T> test, T value) {
        try {
            return test.test(value);
        } catch (Throwable brokenTest) {
            if (value instanceof Throwable error && error != brokenTest) {
                error.addSuppressed(brokenTest);
            }
            return false;
        }
    }

    Judgement withAnswers(Predicate<Throwable> value) {
        return new Judgement(value, ignored, failedResults, retried, covered);
    }

    Judgement withIgnored(Predicate<Throwable> value) {
        return new Judgement(answers, value, failedResults, retried, covered);
    }

    Judgement withFailedResults(Predicate<Object> value) {
        return new Judgement(answers, ignored, value, retried, covered);
    }

    Judgement withCovered(Predicate<Throwable> value) {
        return new Judgement(answers, ignored, failedResults, retried, value);
    }

    Judgement withRetried(Predicate<Throwable> value) {
        return new Judgement(answers, ignored, failedResults, value, covered);
    }
}
