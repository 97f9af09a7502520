package io.holdfast.examples.streaming.demo;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A new version is worse than the one before. */
final class BadCanary implements Scenario {
    private static final String SERVICE = "recommendation";
    private static final int NEW = 2;
    private static final String NOTHING_YET = "{ rules: { all: { split: [\"1.0=100\", \"2.0=0\"] } } }";
    static final String BY_HAND = "{ rules: { all: { split: [\"1.0=80\", \"2.0=20\"] } } }";
    static final String CANARY =
            "{ canary: { version: \"2.0\", baseline: \"1.0\", steps: [10, 25, 50, 100], hold: 2s } }";

    @Override
    public String name() {
        return "bad-canary";
    }

    @Override
    public String story() {
        return "recommendation 2.0 on node-3 fails one call in five";
    }

    @Override
    public String without() {
        return "it gets 20 % of the calls";
    }

    @Override
    public String with() {
        return "an automatic canary gives it 10 %, and more while it is no worse";
    }

    /** Without retries in both: they would hide the harm until there is no budget for them, and pages would show it then. */
    @Override
    public String settings(boolean policy) {
        return "policies: { recommendation: { retry: { max-retries: 0 } } }\ntraffic: { " + SERVICE + ": " + NOTHING_YET
                + " }\n";
    }

    @Override
    public String version(int node) {
        return node == NEW ? "2.0" : "1.0";
    }

    @Override
    public void prepare(Fleet fleet) {
        fleet.trouble(NEW, "recommendation: { failures: 20% }");
    }

    @Override
    public double happen(Stage stage, boolean policy) {
        Fleet fleet = stage.fleet();
        boolean changed = IntStream.range(0, fleet.size())
                .allMatch(node -> stage.probe().changeTraffic(fleet.ports(node), SERVICE, policy ? CANARY : BY_HAND));
        stage.screen().event(changed ? "2.0 gets calls from now on" : "a node refused the new traffic policy");
        long startNanos = stage.nanoTime();
        boolean settled = fleet.await(stage.left(), () -> policy && isRolledBack(stage));
        double seconds = (stage.nanoTime() - startNanos) / 1e9;
        if (settled) {
            stage.screen().event(String.format(Locale.ROOT, "rolled back everywhere after %.1f s", seconds));
        }
        return seconds;
    }

    private static boolean isRolledBack(Stage stage) {
        return IntStream.range(0, stage.fleet().size())
                .allMatch(node -> stage.probe()
                        .canaryPhase(stage.fleet().ports(node), SERVICE)
                        .equals("rolled_back"));
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.falls("home pages without the picks of their user", "", 3, 1, BadCanary::harmed),
                Figure.falls("of all home pages", "%", 3, 0.01, seen -> Percent.of(harmed(seen), seen.pages())),
                Figure.falls("seconds until no node asks 2.0 any more", "s", 0, 0.01, Observed::settledSeconds),
                Figure.falls("failed requests", "", 0, 1, Observed::failed));
    }

    private static double harmed(Observed seen) {
        return seen.pages() - seen.personalised();
    }
}
