package io.holdfast.discovery.traffic;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.fault.Fault;
import io.holdfast.discovery.balance.Chance;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a rule does to the calls that match it. Safe for use by many threads. */
public final class Route {
    /** No rule matches. */
    static final Route PLAIN = new Route("", TrafficRule.of(0, Match.ALL));

    /** The caller named the node itself. */
    static final Route PINNED = new Route("", TrafficRule.of(0, Match.ALL));

    private final String name;
    private final TrafficRule rule;
    private final Match match;
    private final @Nullable Split split;
    private final @Nullable Mirror mirror;
    private final Optional<Duration> timeout;
    private final Fault.@Nullable Latency latency;
    private final double latencyShare;
    private final Fault.@Nullable Error error;
    private final double errorShare;

    Route(String name, TrafficRule rule) {
        this.name = name;
        this.rule = rule;
        this.match = rule.match();
        this.split = rule.split().isEmpty() ? null : new Split(rule.split());
        this.mirror = rule.mirror().map(Mirror::new).orElse(null);
        this.timeout = rule.timeout();
        RouteFaultConfig fault = rule.fault().orElse(null);
        this.latency =
                fault == null ? null : fault.latency().map(Fault.Latency::new).orElse(null);
        this.latencyShare = fault == null ? 0 : fault.latencyShare();
        this.error = fault == null ? null : fault.error().map(Fault.Error::new).orElse(null);
        this.errorShare = fault == null ? 0 : fault.errorShare();
    }

    /**
     * The rule.
     *
     * @return its name, empty if no rule matches
     */
    public String name() {
        return name;
    }

    boolean is(String itsName, TrafficRule itsRule) {
        return name.equals(itsName) && rule.equals(itsRule);
    }

    /**
     * How long a call may take.
     *
     * @return the rule's timeout, empty if it says none
     */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** What goes wrong with the next call; null for nothing. An error comes before a latency. */
    @Nullable Fault draw(Chance chance) {
        if (error != null && chance.happens(errorShare)) {
            return error;
        }
        return latency != null && chance.happens(latencyShare) ? latency : null;
    }

    boolean fits(String method, CallContext context, String zone) {
        return match.fits(method, context, zone);
    }

    @Nullable Split split() {
        return split;
    }

    /** Whether a canary may take calls of it, and learns from them. */
    boolean open() {
        return split == null && this != PINNED;
    }

    @Nullable Mirror mirror() {
        return mirror;
    }
}
