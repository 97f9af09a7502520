package io.holdfast.examples.streaming.auth;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.core.security.Secret;
import java.time.Duration;

/**
 * How users prove who they are.
 *
 * @param secret signs the tokens
 * @param demoPassword the one password of all demo users
 * @param tokenLifetime how long a token is good
 */
public record AuthConfig(
        @Doc("Signs the tokens; the same on all nodes, at least 32 bytes.")
        Secret secret,

        @Doc("The one password with which the demo users viewer-1 to viewer-1000 are made.")
        Secret demoPassword,

        @Default("12h") @Doc("How long a token is good.") Duration tokenLifetime) {
    /** Checks the lifetime. */
    public AuthConfig {
        Check.positive("tokenLifetime", tokenLifetime);
    }
}
