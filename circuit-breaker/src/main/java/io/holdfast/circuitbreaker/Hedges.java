package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.HedgeConfig;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.CallContext;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The second attempts of a policy: when they begin, and whether there may be one more. Kept through changes of the numbers. Safe for use by many threads. */
final class Hedges {
    private final MeterRegistry meters;
    private final LearnedDelay delay;
    private final Budget budget;
    private final LongAdder won = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final List<Meter> published;

    Hedges(String name, HedgeConfig numbers, MeterRegistry meters) {
        this.meters = meters;
        this.delay = new LearnedDelay(numbers);
        this.budget = new Budget(numbers.budgetRatio(), numbers.budgetBurst());
        this.published = List.of(
                ResilienceMetric.HEDGES
                        .counter(won, LongAdder::sum)
                        .tag("name", name)
                        .tag("result", "won")
                        .register(meters),
                ResilienceMetric.HEDGES
                        .counter(lost, LongAdder::sum)
                        .tag("name", name)
                        .tag("result", "lost")
                        .register(meters),
                ResilienceMetric.HEDGE_DELAY
                        .gauge(delay, learned -> learned.nanos() < 0 ? -1 : learned.nanos() / 1e9)
                        .tag("name", name)
                        .register(meters));
    }

    void change(HedgeConfig numbers) {
        delay.change(numbers);
        budget.change(numbers.budgetRatio(), numbers.budgetBurst());
    }

    /** A call begins: after how many nanoseconds a second attempt may begin, or {@link LearnedDelay#UNKNOWN} for never. */
    long begin(CallContext context) {
        budget.deposit();
        return context.retryBudget() == 0 ? LearnedDelay.UNKNOWN : delay.nanos();
    }

    /** A second attempt wants to begin. */
    boolean withdraw() {
        return budget.withdraw();
    }

    /** An attempt ended well; or a first one was cancelled for a second one that was quicker, and would have taken at least so long: left out, calls would seem quicker the more are hedged. */
    void learn(long nanos) {
        delay.record(nanos);
    }

    /** A second attempt is over. */
    void ended(boolean counted) {
        (counted ? won : lost).increment();
    }

    /** Keeps, makes or takes away, as the numbers say. */
    static @Nullable Hedges changed(
            @Nullable Hedges current, @Nullable HedgeConfig wanted, String name, MeterRegistry meters) {
        if (wanted == null) {
            if (current != null) {
                current.close();
            }
            return null;
        }
        if (current == null) {
            return new Hedges(name, wanted, meters);
        }
        current.change(wanted);
        return current;
    }

    /** Its numbers, and what was learned, for {@link Pipeline#describe()}. */
    String describe() {
        long learned = delay.nanos();
        return "hedge(p" + Math.round(delay.numbers().percentile() * 1000) / 10.0 + ", "
                + (learned == LearnedDelay.UNKNOWN
                        ? "not learned yet"
                        : "after " + DurationText.of(Duration.ofNanos(learned / 1000 * 1000)))
                + ", budget " + Plan.percent(delay.numbers().budgetRatio()) + ")";
    }

    void close() {
        published.forEach(meters::remove);
    }
}
