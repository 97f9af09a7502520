package io.holdfast.examples.streaming.account;

/**
 * A user.
 *
 * @param user the user's name
 * @param passwordHash what {@link PasswordHash} made of the password
 */
public record Account(String user, String passwordHash) {}
