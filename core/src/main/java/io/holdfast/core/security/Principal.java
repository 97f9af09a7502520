package io.holdfast.core.security;

import io.holdfast.core.Check;

/**
 * A proven identity: what a certificate or a token says, never what a peer claims.
 *
 * @param name for instance {@code spiffe://example.org/catalog} or a DNS name
 * @param source how it was proven
 */
public record Principal(String name, Source source) {
    /** How an identity was proven. */
    public enum Source {
        /** The URI subject alternative name of a client certificate (SPIFFE X.509-SVID). */
        SPIFFE,
        /** The DNS subject alternative name of a certificate. */
        DNS_SAN,
        /** A token that the application or the gateway checked. */
        TOKEN
    }

    /**
     * Validates the name.
     *
     * @param name as the component
     * @param source as the component
     * @throws IllegalArgumentException if it is empty or longer than 2048 characters
     */
    public Principal {
        Check.that(
                !name.isEmpty() && name.length() <= 2048,
                "principal name (%d characters) must have 1 to 2048 characters",
                name.length());
    }

    @Override
    public String toString() {
        return name;
    }
}
