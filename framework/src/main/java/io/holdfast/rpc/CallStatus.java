package io.holdfast.rpc;

import io.holdfast.circuitbreaker.overload.Outcome;
import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.CodecException;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.discovery.outlier.Ended;
import org.jspecify.annotations.Nullable;

/** How a call ended, as metrics and spans say it ({@code rpc.response.status_code}). */
enum CallStatus {
    /** With a result. */
    OK(""),
    /** With an exception that the contract declares. */
    DECLARED("declared"),
    /** With an exception that it does not declare. */
    INTERNAL("internal"),
    /** Nobody could take it; nothing was done. */
    UNAVAILABLE("unavailable"),
    /** A bound was reached; nothing was done. */
    OVERLOADED("overloaded"),
    /** Out of time. */
    DEADLINE_EXCEEDED("deadline_exceeded"),
    /** The caller gave up. */
    CANCELLED("cancelled"),
    /** The connection broke on the way. */
    UNKNOWN("unknown_outcome"),
    /** The other side lacks the method or the service. */
    UNIMPLEMENTED("unimplemented"),
    /** The bytes do not fit the contract. */
    DATA_LOSS("codec"),
    /** The caller may not. */
    PERMISSION_DENIED("permission_denied");

    private final String errorType;

    CallStatus(String errorType) {
        this.errorType = errorType;
    }

    /** The tag {@code error.type}: empty where there is no error. */
    String errorType() {
        return errorType;
    }

    /** What it says of the load: a quick failure is no sign of room. */
    Outcome outcome() {
        return switch (this) {
            case OK, DECLARED -> Outcome.DONE;
            case OVERLOADED, DEADLINE_EXCEEDED -> Outcome.DROPPED;
            default -> Outcome.SILENT;
        };
    }

    /** What it tells of the instance, beside the others. */
    Ended tells() {
        return switch (this) {
            case OK, DECLARED -> Ended.GOOD;
            case CANCELLED, OVERLOADED, PERMISSION_DENIED -> Ended.SILENT;
            default -> Ended.FAILED;
        };
    }

    static CallStatus of(@Nullable Throwable error) {
        if (error == null) {
            return OK;
        }
        if (!(error instanceof HoldfastException)) {
            return DECLARED;
        }
        if (error instanceof UnavailableException) {
            return UNAVAILABLE;
        }
        if (error instanceof OverloadedException) {
            return OVERLOADED;
        }
        if (error instanceof DeadlineExceededException) {
            return DEADLINE_EXCEEDED;
        }
        if (error instanceof CallCancelledException) {
            return CANCELLED;
        }
        if (error instanceof UnknownOutcomeException) {
            return UNKNOWN;
        }
        if (error instanceof NotAppliedException) {
            return UNIMPLEMENTED;
        }
        if (error instanceof CodecException) {
            return DATA_LOSS;
        }
        return error instanceof AccessDeniedException ? PERMISSION_DENIED : INTERNAL;
    }
}
