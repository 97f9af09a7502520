package io.holdfast.circuitbreaker;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.security.Principal;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What makes two calls of one pipeline the same: their arguments, and for whom they are made. Arrays among the arguments are compared by what they hold. Safe only while nobody changes the arguments. */
final class CallKey {
    private final Object[] arguments;
    private final @Nullable Principal principal;
    private final int hash;

    CallKey(Object[] arguments, CallContext context) {
        this.arguments = arguments;
        this.principal = context.principal().orElse(null);
        this.hash = 31 * Arrays.deepHashCode(arguments) + (principal == null ? 0 : principal.hashCode());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallKey that
                && hash == that.hash
                && Objects.equals(principal, that.principal)
                && Arrays.deepEquals(arguments, that.arguments);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
