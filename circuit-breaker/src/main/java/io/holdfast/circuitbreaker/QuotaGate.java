package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.circuitbreaker.shared.ClusterQuota;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.Criticality;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Refuses attempts beyond this node's share of a limit of the whole cluster. */
final class QuotaGate implements Gate<RateLimitConfig> {
    private final String policy;
    private final ClusterQuota quota;
    private final MeterRegistry meters;
    private final Refusals refusals;
    private final Function<RateLimitConfig, Gate<RateLimitConfig>> maker;
    private final List<Meter> published;

    /**
     * Makes the gate and publishes its metrics.
     *
     * @param maker makes the gate that follows it when its numbers become those of another kind
     */
    QuotaGate(
            String policy,
            ClusterQuota quota,
            MeterRegistry meters,
            Refusals refusals,
            Function<RateLimitConfig, Gate<RateLimitConfig>> maker) {
        this.policy = policy;
        this.quota = quota;
        this.meters = meters;
        this.refusals = refusals;
        this.maker = maker;
        this.published = List.of(
                ResilienceMetric.QUOTA_SHARE
                        .gauge(quota, ClusterQuota::share)
                        .tag("name", policy)
                        .register(meters),
                ResilienceMetric.QUOTA_CALLS
                        .counter(quota, ClusterQuota::admitted)
                        .tag("name", policy)
                        .tag("result", "admitted")
                        .register(meters),
                ResilienceMetric.QUOTA_CALLS
                        .counter(quota, ClusterQuota::refused)
                        .tag("name", policy)
                        .tag("result", "refused")
                        .register(meters));
    }

    ClusterQuota quota() {
        return quota;
    }

    @Override
    public void enter(String place, Criticality criticality) {
        if (!quota.take()) {
            refusals.note();
            throw new RateLimitedException(
                    policy,
                    "this node's share (" + perSecond() + " calls a second) of the cluster's rate limit of policy "
                            + policy
                            + " (" + numbers().limit() + " calls in "
                            + DurationText.of(numbers().period()) + ") is used up and refuses " + place
                            + "; wait, or raise holdfast.policies." + policy + ".rate-limit.limit",
                    quota.untilNext());
        }
    }

    private String perSecond() {
        return String.format(Locale.ROOT, "%.1f", quota.share());
    }

    @Override
    public RateLimitConfig numbers() {
        return quota.config();
    }

    @Override
    public Gate<RateLimitConfig> changedTo(RateLimitConfig numbers) {
        if (numbers.scope() == Scope.CLUSTER) {
            quota.change(numbers);
            return this;
        }
        close();
        return maker.apply(numbers);
    }

    @Override
    public void close() {
        published.forEach(meters::remove);
    }

    @Override
    public String describe() {
        return "rate-limit(" + numbers().limit() + " in "
                + DurationText.of(numbers().period()) + " of the cluster)";
    }
}
