package io.holdfast.examples.streaming.demo;

import java.util.List;

/** One of three instances hangs. */
final class SlowRecommendation implements Scenario {
    private static final int SICK = 1;

    @Override
    public String name() {
        return "slow-recommendation";
    }

    @Override
    public String story() {
        return "recommendation on node-2 gets 3 s slow";
    }

    @Override
    public String without() {
        return "no timeout, no breaker, no retry; who is slow stays in";
    }

    @Override
    public String with() {
        return "timeout of 250 ms, one retry elsewhere, breaker, popular titles stand in; who is slow is taken out";
    }

    /** Round robin in both: the default balancer alone would send the slow instance fewer calls. */
    @Override
    public String settings(boolean policy) {
        String robin = "client: { balance: round-robin }\n";
        return policy ? robin : robin + """
                        policies: { recommendation: { timeout: 5s, circuit-breaker: { minimum-calls: 100000, window-size: 100000 }, retry: { max-retries: 0 } } }
                        traffic: { recommendation: { outlier: { max-ejected: 0% } } }
                        """;
    }

    @Override
    public double happen(Stage stage, boolean policy) {
        stage.fleet().trouble(SICK, "recommendation: { latency: 3s }");
        stage.screen().event("recommendation on " + stage.fleet().name(SICK) + " is 3 s slow from now on");
        return 0;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.falls(
                        "p99 of home pages", "ms", 3, 1, seen -> seen.home().p99Millis()),
                Figure.rises(
                        "home pages with picks for their user",
                        "%",
                        1.2,
                        1,
                        seen -> Percent.of(seen.personalised(), seen.pages())),
                Figure.falls("failed requests", "", 0, 1, Observed::failed));
    }
}
