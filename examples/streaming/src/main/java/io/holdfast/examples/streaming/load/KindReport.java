package io.holdfast.examples.streaming.load;

/**
 * What the requests of one kind saw.
 *
 * @param answered how many had a correct answer
 * @param failed how many had none
 * @param p50Millis the time within which half had their correct answer; one that had none counts as {@link HttpLoad#PATIENCE}
 * @param p99Millis the time within which 99 of 100 had it
 */
public record KindReport(long answered, long failed, double p50Millis, double p99Millis) {
    /** Of a kind that was never asked for. */
    public static final KindReport NONE = new KindReport(0, 0, 0, 0);
}
