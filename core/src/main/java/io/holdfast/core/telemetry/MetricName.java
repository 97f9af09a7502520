package io.holdfast.core.telemetry;

import io.holdfast.core.Check;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * A metric of Holdfast. Each module lists its own in one enum that implements this; {@code docs/metrics.md} is generated from them. Meters are built from the constant, so that each
 * carries the name and the description of the page; only tags are added where it is registered.
 *
 * <p>Each builder method throws {@link IllegalArgumentException} if the metric is of another kind; change the specification or the call.
 */
public interface MetricName {
    /**
     * All that is said about it.
     *
     * @return the specification, the same each time
     */
    MetricSpec spec();

    /**
     * The name under which it is registered.
     *
     * @return the name, for instance {@code holdfast.swim.probe}
     */
    default String metric() {
        return spec().metric();
    }

    /**
     * A counter that the caller increments.
     *
     * @return its builder, with name and description
     */
    default Counter.Builder counter() {
        return Counter.builder(metric()).description(describe(MetricSpec.Kind.COUNTER));
    }

    /**
     * A counter that reads a number which only grows.
     *
     * @param <T> the kind of source
     * @param source where the number is; the registry holds it weakly
     * @param reading how to read it
     * @return its builder, with name and description
     */
    default <T> FunctionCounter.Builder<T> counter(T source, ToDoubleFunction<T> reading) {
        return FunctionCounter.builder(metric(), source, reading).description(describe(MetricSpec.Kind.COUNTER));
    }

    /**
     * A gauge that reads a number from a source.
     *
     * @param <T> the kind of source
     * @param source where the number is; the registry holds it weakly unless the builder is told otherwise
     * @param reading how to read it
     * @return its builder, with name and description
     */
    default <T> Gauge.Builder<T> gauge(T source, ToDoubleFunction<T> reading) {
        return Gauge.builder(metric(), source, reading).description(describe(MetricSpec.Kind.GAUGE));
    }

    /**
     * A gauge that asks for a number.
     *
     * @param reading gives the number; the registry keeps it
     * @return its builder, with name and description
     */
    default Gauge.Builder<Supplier<Number>> gauge(Supplier<Number> reading) {
        return Gauge.builder(metric(), reading)
                .description(describe(MetricSpec.Kind.GAUGE))
                .strongReference(true);
    }

    /**
     * A timer.
     *
     * @return its builder, with name and description
     */
    default Timer.Builder timer() {
        return Timer.builder(metric()).description(describe(MetricSpec.Kind.TIMER));
    }

    /**
     * Begins a summary of sizes.
     *
     * @return its builder
     */
    default DistributionSummary.Builder summary() {
        return DistributionSummary.builder(metric()).description(describe(MetricSpec.Kind.SUMMARY));
    }

    private String describe(MetricSpec.Kind kind) {
        MetricSpec spec = spec();
        Check.that(
                spec.kind() == kind,
                "metric %s is a %s by its specification, not a %s",
                spec.metric(),
                spec.kind(),
                kind);
        return spec.description();
    }
}
