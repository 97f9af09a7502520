package io.holdfast.examples.streaming.demo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A node leaves and comes back, and what lived on it moves, under load. */
final class Rebalance implements Scenario {
    private static final int NODE = 2;
    private static final Duration PLACED_LIMIT = Duration.ofSeconds(15);

    @Override
    public String name() {
        return "rebalance";
    }

    @Override
    public String story() {
        return "node-3 leaves with SIGTERM and joins again, while carts and playback sessions are in use";
    }

    @Override
    public String without() {
        return "moves are paused when it comes back: it owns nothing";
    }

    @Override
    public String with() {
        return "its share of the shards moves to it, live";
    }

    @Override
    public String settings(boolean policy) {
        return "";
    }

    @Override
    public Habits habits() {
        return Habits.OWNING;
    }

    @Override
    public double happen(Stage stage, boolean policy) {
        Fleet fleet = stage.fleet();
        if (!fleet.await(PLACED_LIMIT, () -> owned(stage) > 0)) {
            stage.screen().event(fleet.name(NODE) + " owns no shards, so none can move");
            return 0;
        }
        stage.screen().event(fleet.name(NODE) + " owns " + owned(stage) + " shards");
        fleet.terminate(NODE);
        stage.screen().event(fleet.name(NODE) + " has handed them over and left");
        if (!policy) {
            stage.probe().pauseShards(fleet.ports(0));
        }
        long startNanos = stage.nanoTime();
        stage.operator().startAgain(NODE);
        boolean moved = policy && fleet.await(stage.left(), () -> owned(stage) >= share(stage));
        if (moved) {
            stage.screen()
                    .event(String.format(
                            Locale.ROOT,
                            "%s owns its share of the shards, %d, %.1f s after its start",
                            fleet.name(NODE),
                            owned(stage),
                            (stage.nanoTime() - startNanos) / 1e9));
        }
        return owned(stage);
    }

    /** As the first node sees it. */
    private static long owned(Stage stage) {
        return stage.probe().ownedShards(stage.fleet().ports(0), stage.fleet().name(NODE));
    }

    /** One of three nodes, and moves of a twentieth are not worth their while. */
    private static long share(Stage stage) {
        return stage.probe().shards(stage.fleet().ports(0)) * 30 / 100;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.rises("shards on the node that came back", "", 20, 1, Observed::settledSeconds),
                Figure.falls("failed requests", "", 0, 1, Observed::failed),
                Figure.falls(
                        "p99 of carts",
                        "ms",
                        0,
                        1,
                        seen -> seen.of(Possessions.CART).p99Millis()),
                Figure.falls(
                        "p99 of playback sessions",
                        "ms",
                        0,
                        1,
                        seen -> seen.of(Possessions.SESSION).p99Millis()));
    }
}
