package io.holdfast.examples.streaming.auth;

/**
 * What a login gives.
 *
 * @param token goes into the header {@code Authorization: Bearer ...}
 * @param expiresAtSeconds when it ends, in seconds since 1970
 */
public record Grant(String token, long expiresAtSeconds) {}
