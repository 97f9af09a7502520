package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.config.Doc;
import java.util.List;
import java.util.Optional;

/**
 * Which calls a rule is for: those that fit all that is said. Nothing said fits every call.
 *
 * @param methods names of methods
 * @param headers baggage entries
 * @param principal for whom the call is made
 * @param zone the caller's zone
 */
public record Match(
        @Doc("Names of methods, one of which it must be; none for all.")
        List<String> methods,

        @Doc("Baggage entries that the call must carry, name=value each; a value may end in *.")
        List<HeaderMatch> headers,

        @Doc("For whom the call is made; may end in *.") Optional<TextMatch> principal,

        @Doc("The zone of the calling node.") Optional<String> zone) {
    /** Every call. */
    public static final Match ALL = new Match(List.of(), List.of(), Optional.empty(), Optional.empty());

    /**
     * Copies the lists.
     *
     * @param methods as the component
     * @param headers as the component
     * @param principal as the component
     * @param zone as the component
     * @throws IllegalArgumentException if there are more than 64 methods or 16 headers
     */
    public Match {
        Check.that(methods.size() <= 64, "match has %d methods; keep at most 64", methods.size());
        Check.that(headers.size() <= 16, "match has %d headers; keep at most 16", headers.size());
        methods = List.copyOf(methods);
        headers = List.copyOf(headers);
    }

    boolean fits(String method, CallContext context, String callerZone) {
        if (!methods.isEmpty() && !methods.contains(method)) {
            return false;
        }
        if (zone.isPresent() && !zone.get().equals(callerZone)) {
            return false;
        }
        for (int i = 0; i < headers.size(); i++) { // no iterator: this runs for each call
            HeaderMatch header = headers.get(i);
            String value = context.baggage().get(header.name());
            if (value == null || !header.value().matches(value)) {
                return false;
            }
        }
        return principal.isEmpty() || fits(principal.get(), context);
    }

    private static boolean fits(TextMatch wanted, CallContext context) {
        return context.principal().isPresent()
                && wanted.matches(context.principal().get().name());
    }
}
