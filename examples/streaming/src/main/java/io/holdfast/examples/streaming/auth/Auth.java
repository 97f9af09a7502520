package io.holdfast.examples.streaming.auth;

import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.RemoteService;

/**
 * Who is asking. No breaker: nothing can stand in for it, so five seconds of refusals after a slow one would make of a hiccup an outage; the retry budget keeps the load down.
 */
@RemoteService("auth")
@Idempotent
@Timeout("700ms") // a second attempt fits into what a visitor waits
@Retry(maxRetries = 2)
public interface Auth {
    /**
     * Gives a token to a user who knows the password.
     *
     * @param user the user's name
     * @param password the password
     * @return the token
     * @throws InvalidTokenException if the user is unknown or the password wrong; it does not say which
     */
    Grant login(String user, String password) throws InvalidTokenException;

    /**
     * Checks a token.
     *
     * @param token as {@link #login} gave it
     * @return for whom it stands
     * @throws InvalidTokenException if it was not signed here, was changed, or has expired
     */
    Session verify(String token) throws InvalidTokenException;
}
