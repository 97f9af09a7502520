package io.holdfast.examples.streaming.demo;

/** Shares in percent. */
final class Percent {
    private Percent() {}

    /** 0 of nothing. */
    static double of(double part, double whole) {
        return whole == 0 ? 0 : 100 * part / whole;
    }
}
