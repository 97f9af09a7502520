package io.holdfast.examples.streaming.demo;

import java.util.function.ToDoubleFunction;

/**
 * A number by which a policy is judged.
 *
 * @param name what it says
 * @param unit of it; empty for a mere number
 * @param better which way is better
 * @param factor by how many times it must be better with the policy; 0 if it is only shown
 * @param least a smaller number counts as this one, so that nothing at all can be compared
 * @param value reads it
 */
record Figure(String name, String unit, Better better, double factor, double least, ToDoubleFunction<Observed> value) {
    /** Which way is better. */
    enum Better {
        LOWER,
        HIGHER
    }

    /** A figure that must get smaller. */
    static Figure falls(String name, String unit, double factor, double least, ToDoubleFunction<Observed> value) {
        return new Figure(name, unit, Better.LOWER, factor, least, value);
    }

    /** A figure that must get larger. */
    static Figure rises(String name, String unit, double factor, double least, ToDoubleFunction<Observed> value) {
        return new Figure(name, unit, Better.HIGHER, factor, least, value);
    }

    /** How many times better the second number is than the first; less than 1 if it is worse. */
    double gain(double without, double with) {
        double before = Math.max(least, without);
        double after = Math.max(least, with);
        return better == Better.LOWER ? before / after : after / before;
    }

    /** Whether the second number is as much better as it must be. */
    boolean shown(double without, double with) {
        return gain(without, with) >= factor;
    }
}
