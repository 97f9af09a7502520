package io.holdfast.circuitbreaker;

import java.io.Serial;

/** A result that counts as a failure, on its way to the retries. It never leaves the pipeline: when no retry is left, its caller gets the result itself. */
final class FailedResult extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Object value;

    FailedResult(Object value) {
        super("the result counts as a failure", null, false, false);
        this.value = value;
    }

    Object value() {
        return value;
    }
}
