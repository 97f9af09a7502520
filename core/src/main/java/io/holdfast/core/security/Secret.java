package io.holdfast.core.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that is never printed: {@link #toString()} masks it. Read it with {@link #reveal()} at the last moment. */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Wraps a value.
     *
     * @param value the secret
     * @return the wrapped secret
     */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /**
     * The value itself. Do not log it, do not put it into an exception.
     *
     * @return the secret
     */
    public String reveal() {
        return value;
    }

    /** Compares in constant time, so that a guess learns nothing from how long the comparison took. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return 31;
    }

    @Override
    public String toString() {
        return "******";
    }
}
