package io.holdfast.discovery.traffic;

/** Where a canary stands. */
sealed interface CanaryState {
    /** What the new version gets, in percent. */
    int percent();

    /**
     * A step is under way.
     *
     * @param step its place
     * @param percent the new version's share
     * @param sinceNanos when it began
     * @param before what the baseline did in the step before; holds where it gets no calls any more
     */
    record Running(int step, int percent, long sinceNanos, Counts before) implements CanaryState {}

    /** The last step held. */
    record Complete(int percent) implements CanaryState {}

    /** It was worse, or it could not be shown that it is not. */
    record RolledBack(String why) implements CanaryState {
        @Override
        public int percent() {
            return 0;
        }
    }
}
