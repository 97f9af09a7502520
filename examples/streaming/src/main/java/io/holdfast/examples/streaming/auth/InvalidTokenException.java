package io.holdfast.examples.streaming.auth;

/** The token, user or password is not right; log in again. */
public final class InvalidTokenException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     */
    public InvalidTokenException(String message) {
        super(message);
    }
}
