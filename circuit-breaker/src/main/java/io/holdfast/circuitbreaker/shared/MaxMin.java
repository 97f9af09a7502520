package io.holdfast.circuitbreaker.shared;

import java.util.Arrays;
import java.util.Collection;

/**
 * Max-min fair division (Bertsekas, Gallager, Data Networks, section 6.5.2): nobody gets more than it asks for while another asks for more than it gets; what nobody asks for is divided evenly.
 */
final class MaxMin {
    private MaxMin() {}

    /**
     * The share of one of those who ask.
     *
     * @param total what there is
     * @param wants what each asks for, this one among them; not empty
     * @param want what this one asks for
     */
    static double share(double total, Collection<Double> wants, double want) {
        double[] sorted =
                wants.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double sum = Arrays.stream(sorted).sum();
        if (sum <= total) {
            return want + (total - sum) / sorted.length;
        }
        return Math.min(want, level(total, sorted));
    }

    /** The most that anybody gets where not all can have what they ask for. */
    private static double level(double total, double[] sorted) {
        double left = total;
        for (int i = 0; i < sorted.length; i++) {
            double even = left / (sorted.length - i);
            if (sorted[i] >= even) {
                return even;
            }
            left -= sorted[i];
        }
        return left;
    }
}
