package io.holdfast.discovery.outlier;

/** Where an instance stands; the transitions are {@link OutlierTable}'s. */
sealed interface Service {
    /** Takes calls. The past ejections fade one by one. */
    record In(int ejections, long sinceNanos) implements Service {}

    /** Takes none until its time is over. */
    record Out(int ejections, OutlierEvent.Kind kind, long untilNanos) implements Service {}

    /** Takes one call at a time. */
    record OnProbe(int ejections, OutlierEvent.Kind kind, int passed) implements Service {}
}
