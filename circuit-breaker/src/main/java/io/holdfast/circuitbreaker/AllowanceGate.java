package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.caffeine.RecentlyUsed;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.MonotonicClock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Refuses attempts beyond so many in a period, counted in a sliding window or spread evenly, for all together or for each principal or baggage entry by itself. */
final class AllowanceGate implements Gate<RateLimitConfig> {
    private static final Duration SHORTEST_IDLE = Duration.ofMinutes(1);

    private final String policy;
    private final RateLimitConfig numbers;
    private final MonotonicClock clock;
    private final Refusals refusals;
    private final Function<RateLimitConfig, Gate<RateLimitConfig>> maker;
    private final Allowance forAll;
    private final @Nullable RecentlyUsed<Allowance> byKey;
    private final LongAdder refused = new LongAdder();
    private final List<Meter> published = new ArrayList<>();
    private final MeterRegistry meters;

    AllowanceGate(
            String policy,
            RateLimitConfig numbers,
            MonotonicClock clock,
            MeterRegistry meters,
            Refusals refusals,
            Function<RateLimitConfig, Gate<RateLimitConfig>> maker) {
        this.policy = policy;
        this.numbers = numbers;
        this.clock = clock;
        this.meters = meters;
        this.refusals = refusals;
        this.maker = maker;
        this.forAll = allowance();
        Duration idle = numbers.period().multipliedBy(2);
        this.byKey = numbers.per().isEmpty()
                ? null
                : new RecentlyUsed<>(
                        numbers.maxKeys(), idle.compareTo(SHORTEST_IDLE) > 0 ? idle : SHORTEST_IDLE, clock);
        published.add(ResilienceMetric.RATE_REFUSED
                .counter(refused, LongAdder::sum)
                .tag("name", policy)
                .register(meters));
        published.add(ResilienceMetric.RATE_KEYS
                .gauge(this, AllowanceGate::keys)
                .tag("name", policy)
                .register(meters));
    }

    private double keys() {
        return byKey == null ? 1 : byKey.size();
    }

    private Allowance allowance() {
        long period = numbers.period().toNanos();
        long now = clock.nanoTime();
        return switch (numbers.kind()) {
            case FIXED -> new Allowance.Fixed(numbers.limit(), period, now);
            case SLIDING -> new Allowance.Sliding(numbers.limit(), period, now);
            case SMOOTH -> new Allowance.Smooth(numbers.limit(), numbers.burst(), period, now);
        };
    }

    @Override
    public void enter(String place, Criticality criticality) {
        String key = byKey == null ? "" : key(CallContext.current());
        Allowance allowance = byKey == null ? forAll : byKey.get(key, this::allowance);
        long now = clock.nanoTime();
        if (!allowance.take(now)) {
            refused.increment();
            refusals.note();
            throw new RateLimitedException(
                    policy,
                    "the rate limit of policy " + policy + " (" + text() + ") is used up and refuses " + place
                            + "; wait as long as retryAfter says, or raise holdfast.policies." + policy
                            + ".rate-limit.limit",
                    Duration.ofNanos(allowance.untilNextNanos(now)));
        }
    }

    /** Those without a principal or without the entry share one allowance. */
    private String key(CallContext context) {
        String entry = numbers.baggageEntry();
        String found = entry.isEmpty()
                ? context.principal().map(principal -> principal.name()).orElse("")
                : context.baggage().getOrDefault(entry, "");
        return found.length() <= 256 ? found : found.substring(0, 256);
    }

    @Override
    public RateLimitConfig numbers() {
        return numbers;
    }

    /** Counting begins anew. */
    @Override
    public Gate<RateLimitConfig> changedTo(RateLimitConfig changed) {
        close();
        return maker.apply(changed);
    }

    @Override
    public void close() {
        published.forEach(meters::remove);
    }

    private String text() {
        return numbers.limit() + " in " + DurationText.of(numbers.period())
                + (numbers.kind() == RateLimitConfig.Kind.FIXED
                        ? ""
                        : ", " + numbers.kind().name().toLowerCase(Locale.ROOT))
                + (numbers.per().isEmpty() ? "" : ", per " + numbers.per());
    }

    @Override
    public String describe() {
        return "rate-limit(" + text() + ")";
    }
}
