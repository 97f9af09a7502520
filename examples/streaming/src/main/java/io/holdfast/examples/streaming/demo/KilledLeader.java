package io.holdfast.examples.streaming.demo;

import java.util.List;

/** A node dies. */
final class KilledLeader implements Scenario {
    @Override
    public String name() {
        return "kill";
    }

    @Override
    public String story() {
        return "the leader is killed with SIGKILL and started again";
    }

    @Override
    public String without() {
        return "no retries at the nodes, and clients stay with their gateway";
    }

    @Override
    public String with() {
        return "retries within their budgets, and clients go to another gateway once";
    }

    @Override
    public String settings(boolean policy) {
        return policy ? "" : """
                policies:
                  auth: { retry: { max-retries: 0 } }
                  catalog: { retry: { max-retries: 0 } }
                  recommendation: { retry: { max-retries: 0 } }
                """;
    }

    @Override
    public boolean secondTries(boolean policy) {
        return policy;
    }

    @Override
    public double happen(Stage stage, boolean policy) {
        stage.operator().killAndRestart(Victim.leader, stage.left().dividedBy(4));
        return 0;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.falls("failed requests", "", 20, 1, Observed::failed),
                Figure.falls(
                        "of all requests",
                        "%",
                        20,
                        0.01,
                        seen -> Percent.of(seen.failed(), seen.failed() + seen.answered())),
                Figure.falls(
                        "longest time without an answer",
                        "ms",
                        0,
                        1,
                        seen -> seen.whole().longestGapMillis()),
                Figure.falls(
                        "longest time without a write",
                        "ms",
                        0,
                        1,
                        seen -> seen.whole().longestWriteGapMillis()));
    }
}
