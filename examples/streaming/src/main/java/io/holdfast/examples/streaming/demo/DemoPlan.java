package io.holdfast.examples.streaming.demo;

import java.time.Duration;

/**
 * What a run of the demo does.
 *
 * @param rate requests a second
 * @param duration of the load; of a rolling restart the least duration
 * @param rolling restarts all nodes one by one instead of killing one
 * @param victim whom it kills
 * @param live whether somebody watches
 */
record DemoPlan(int rate, Duration duration, boolean rolling, Victim victim, boolean live) {}
