package io.holdfast.examples.streaming.demo;

import java.util.List;
import java.util.stream.Collectors;

/** All that {@code --scenario} knows. */
final class Scenarios {
    static final List<Scenario> ALL = List.of(
            new SlowRecommendation(),
            new RetryStorm(),
            new Overload(),
            new BadCanary(),
            new KilledLeader(),
            new Rebalance());

    private Scenarios() {}

    static String names() {
        return ALL.stream().map(Scenario::name).collect(Collectors.joining(", "));
    }
}
