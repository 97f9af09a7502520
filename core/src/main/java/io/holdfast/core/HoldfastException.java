package io.holdfast.core;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of Holdfast's exceptions. Its message names the value, the rule and the remedy; its {@link #retry()} is advice.
 */
public abstract class HoldfastException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether to try again. */
    private final Retry retry;
    /** How long to wait before, where known. */
    private final @Nullable Duration retryAfter;

    /**
     * Makes an exception without advice on when to retry.
     *
     * @param message value, rule, remedy
     * @param retry whether to try again
     * @param cause what went wrong below, or null
     */
    protected HoldfastException(String message, Retry retry, @Nullable Throwable cause) {
        this(message, retry, null, cause);
    }

    /**
     * Makes an exception.
     *
     * @param message value, rule, remedy
     * @param retry whether to try again
     * @param retryAfter how long to wait before trying again, or null where unknown
     * @param cause what went wrong below, or null
     */
    protected HoldfastException(String message, Retry retry, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retry = retry;
        this.retryAfter = retryAfter;
    }

    /**
     * Makes an exception, where needed without the stack trace: for refusals that come by the thousand, and whose message says it all.
     *
     * @param message value, rule, remedy
     * @param retry whether to try again
     * @param retryAfter how long to wait before trying again, or null where unknown
     * @param traced whether to record where it was made
     */
    protected HoldfastException(String message, Retry retry, @Nullable Duration retryAfter, boolean traced) {
        super(message, null, true, traced);
        this.retry = retry;
        this.retryAfter = retryAfter;
    }

    /**
     * Whether trying again is safe.
     *
     * @return the advice
     */
    public final Retry retry() {
        return retry;
    }

    /**
     * How long to wait before trying again.
     *
     * @return the wait, or empty where it is unknown or makes no sense
     */
    public final Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
