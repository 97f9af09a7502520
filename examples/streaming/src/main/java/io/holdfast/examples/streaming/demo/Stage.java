package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;

/**
 * What a scenario can reach while the load runs.
 *
 * @param fleet the nodes
 * @param probe asks them
 * @param operator kills and starts nodes
 * @param screen is told what happens
 * @param clock measures
 * @param rate requests a second
 * @param left how long the load goes on
 */
record Stage(
        Fleet fleet,
        ClusterProbe probe,
        Operator operator,
        Screen screen,
        MonotonicClock clock,
        int rate,
        Duration left) {
    long nanoTime() {
        return clock.nanoTime();
    }
}
