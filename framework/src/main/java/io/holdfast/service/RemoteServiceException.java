package io.holdfast.service;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;

/**
 * The service threw something that its contract does not declare. The exception itself stays where it was thrown, in the log of the other node under the same correlation id.
 */
public final class RemoteServiceException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    /** The class name of what was thrown. */
    private final String remoteType;

    /** The id of the other node's log line. */
    private final String correlationId;

    /**
     * Makes the exception.
     *
     * @param message what was called, where, what it threw
     * @param remoteType the class name of what was thrown
     * @param correlationId finds the log line at the other node
     * @param retry {@link Retry#IF_IDEMPOTENT}, or {@link Retry#EXHAUSTED} if the service has retried in vain itself
     */
    public RemoteServiceException(String message, String remoteType, String correlationId, Retry retry) {
        super(message, retry, null);
        this.remoteType = remoteType;
        this.correlationId = correlationId;
    }

    /**
     * What was thrown.
     *
     * @return a class name, which need not exist here
     */
    public String remoteType() {
        return remoteType;
    }

    /**
     * The id under which the other node logged what was thrown.
     *
     * @return the id
     */
    public String correlationId() {
        return correlationId;
    }
}
