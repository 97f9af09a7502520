package io.holdfast.discovery.outlier;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Compares an instance's sample with those of the others. Pure. */
final class Comparison {
    /** With fewer others nobody can say which one is off. */
    static final int MIN_OTHERS = 2;

    /** A rate must be surely below the limit: 99.9 % on that side, because ten instances are looked at each second. */
    private static final double SURE = 3;

    /** Equal instances deviate by nothing, and one lost call must not be an outlier then. */
    private static final double MIN_GAP = 0.05;

    record Finding(OutlierEvent.Kind kind, String why) {}

    private Comparison() {}

    static Optional<Finding> judge(Sample own, Collection<Sample> others, OutlierConfig config) {
        if (others.size() < MIN_OTHERS) {
            return Optional.empty();
        }
        Optional<Finding> bad = byRate(own, others, config);
        return bad.isPresent() ? bad : byPace(own, others, config);
    }

    private static Optional<Finding> byRate(Sample own, Collection<Sample> others, OutlierConfig config) {
        if (config.successRateFactor() == 0) {
            return Optional.empty();
        }
        double[] rates = others.stream().mapToDouble(o -> o.successes().share()).toArray();
        double mean = Arrays.stream(rates).sum() / rates.length;
        double variance = Arrays.stream(rates).map(r -> (r - mean) * (r - mean)).sum() / rates.length;
        double limit = mean - Math.max(config.successRateFactor() * Math.sqrt(variance), MIN_GAP);
        if (own.successes().upper(SURE) >= limit) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                OutlierEvent.Kind.SUCCESS_RATE,
                text(
                        "success rate %.1f%% (%s calls), below %.1f%%: the other %d have %.1f%%",
                        100 * own.successes().share(), own.successes(), 100 * limit, rates.length, 100 * mean)));
    }

    private static Optional<Finding> byPace(Sample own, Collection<Sample> others, OutlierConfig config) {
        List<Sample> timed = others.stream().filter(o -> o.paced() > 0).toList();
        if (config.latencyFactor() == 0 || own.paced() < config.minCalls() / 2 || timed.size() < MIN_OTHERS) {
            return Optional.empty();
        }
        double[] paces = timed.stream().mapToDouble(Sample::pace).sorted().toArray();
        double median = (paces[(paces.length - 1) / 2] + paces[paces.length / 2]) / 2;
        if (own.pace() <= config.latencyFactor() * median) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                OutlierEvent.Kind.LATENCY,
                text(
                        "%.1f times the usual latency over %d calls, above %s times the median %.1f of the other %d",
                        own.pace(), own.paced(), config.latencyFactor(), median, paces.length)));
    }

    static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, Objects.requireNonNull(arguments));
    }
}
