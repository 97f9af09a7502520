package io.holdfast.examples.streaming.demo;

import java.util.List;

/** A service fails wholly, and its callers try again and again. */
final class RetryStorm implements Scenario {
    @Override
    public String name() {
        return "retry-storm";
    }

    @Override
    public String story() {
        return "recommendation fails on all nodes, each call";
    }

    @Override
    public String without() {
        return "five retries a call without a budget, no breaker";
    }

    @Override
    public String with() {
        return "one retry within a budget of one in ten calls, breaker";
    }

    @Override
    public String settings(boolean policy) {
        return policy ? "" : """
                policies:
                  recommendation:
                    circuit-breaker: { minimum-calls: 100000, window-size: 100000 }
                    retry: { max-retries: 5, budget-ratio: 100%, budget-burst: 10000 }
                """;
    }

    @Override
    public double happen(Stage stage, boolean policy) {
        for (int node = 0; node < stage.fleet().size(); node++) {
            stage.fleet().trouble(node, "recommendation: { failures: 100% }");
        }
        stage.screen().event("recommendation fails from now on");
        return 0;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.falls(
                        "calls that reach recommendation for each page",
                        "",
                        5,
                        0.01,
                        seen -> seen.pages() == 0 ? 0 : seen.asked() / seen.pages()),
                Figure.falls(
                        "median of home pages", "ms", 3, 1, seen -> seen.home().p50Millis()),
                Figure.falls(
                        "p99 of home pages", "ms", 0, 1, seen -> seen.home().p99Millis()),
                Figure.falls("failed requests", "", 0, 1, Observed::failed));
    }
}
