package io.holdfast.examples.streaming.auth;

/**
 * A user who is known.
 *
 * @param user the user's name
 * @param expiresAtSeconds when the token ends, in seconds since 1970
 * @param servedBy the node that checked the token
 */
public record Session(String user, long expiresAtSeconds, String servedBy) {}
