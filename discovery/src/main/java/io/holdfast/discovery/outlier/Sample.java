package io.holdfast.discovery.outlier;

/** What the calls of an instance told within some intervals, ready to be compared. */
record Sample(Proportion successes, double pace, long paced, long atNanos) {
    long failures() {
        return successes.of() - successes.hits();
    }
}
