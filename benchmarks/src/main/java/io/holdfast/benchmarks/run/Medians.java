package io.holdfast.benchmarks.run;

import java.util.List;

/** The middle of a few measured numbers. */
public final class Medians {
    private Medians() {}

    /**
     * The median.
     *
     * @param values at least one number
     * @return the middle one, or the mean of the middle two
     */
    public static double of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a median needs at least one number");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
