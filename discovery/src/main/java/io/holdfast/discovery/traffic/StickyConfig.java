package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Sends the calls of one key to one instance, as {@link io.holdfast.discovery.balance.Rendezvous} says. The key is a baggage entry, so that it is said once, where the request enters, and holds
 * on every hop.
 *
 * @param key the entry's name
 * @param bound how many times its share of the calls an instance may have
 */
public record StickyConfig(
        @Doc("The baggage entry whose value is the key; a call without it goes where the balancer says.")
        String key,

        @Doc(
                "An instance has at most so many times its share of this node's calls under way; what is above goes to the key's next instance.")
        @Default("1.25")
        double bound) {
    /**
     * Validates the bound.
     *
     * @param key as the component
     * @param bound above 1 to 1000
     * @throws IllegalArgumentException if it is out of bounds, or the key is empty
     */
    public StickyConfig {
        Check.that(!key.isBlank(), "key (%s) must name a baggage entry, for instance user", key);
        Check.that(bound > 1 && bound <= 1000, "bound (%s) must be above 1 and at most 1000", bound);
    }
}
