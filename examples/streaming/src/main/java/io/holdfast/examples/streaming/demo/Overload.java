package io.holdfast.examples.streaming.demo;

import java.util.List;

/** More is asked for than can be done. */
final class Overload implements Scenario {
    /** A request asks playback 2.2 times in the mean: a home page two owners, a position two, a start four. */
    private static final double CALLS_PER_REQUEST = 2.2;

    private static final double TOO_MANY = 2.2;

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public String story() {
        return "the store behind playback gets slow: more than twice as many calls are asked for as it can do";
    }

    @Override
    public String without() {
        return "no admission: whoever comes waits";
    }

    @Override
    public String with() {
        return "admission with a learnt limit: search is refused first, then home pages, watching last";
    }

    @Override
    public String settings(boolean policy) {
        return policy
                ? "server: { admission: { adaptive-limit: { } } }\n"
                : "server: { admission: { enabled: false } }\n";
    }

    @Override
    public double happen(Stage stage, boolean policy) {
        int nodes = stage.fleet().size();
        long perSecond = Math.round(stage.rate() * CALLS_PER_REQUEST / nodes / TOO_MANY);
        for (int node = 0; node < nodes; node++) {
            stage.fleet().trouble(node, "playback: { latency: 10ms, per-second: " + perSecond + " }");
        }
        stage.screen().event("playback does " + perSecond + " calls/s a node from now on");
        return 0;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                Figure.rises("starts and positions that succeed", "%", 2, 1, seen -> {
                    long answered = seen.of(Viewers.START).answered()
                            + seen.of(Viewers.POSITION).answered();
                    long failed = seen.of(Viewers.START).failed()
                            + seen.of(Viewers.POSITION).failed();
                    return Percent.of(answered, answered + failed);
                }),
                Figure.rises(
                        "home pages that succeed",
                        "%",
                        0,
                        1,
                        seen -> Percent.of(seen.home().answered(), seen.pages())),
                Figure.rises("goodput", "requests/s", 1.5, 1, seen -> seen.answered() / seen.seconds()),
                Figure.falls(
                        "p99 of positions",
                        "ms",
                        0,
                        1,
                        seen -> seen.of(Viewers.POSITION).p99Millis()));
    }
}
