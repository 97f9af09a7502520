package io.holdfast.examples.streaming.load;

/**
 * What the requests of a short while saw.
 *
 * @param succeeded how many had a correct answer
 * @param failed how many had none
 * @param p50Millis the median latency
 * @param p99Millis the latency of the slowest hundredth
 */
public record LoadWindow(long succeeded, long failed, double p50Millis, double p99Millis) {}
