package io.holdfast.benchmarks.shards;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Owners fail, one after the other: they are killed and start again, or they are stopped and go on. */
final class OutageRun {
    private static final double RESUME_BAR_MILLIS = 4_000;
    /** In what time a service that never stops may have no call done; not more than the figure without a fault shows. */
    private static final double OTHERS_BAR_MILLIS = 1_000;

    private final Stage stage;
    private final String name;
    private final Duration down;
    private final Duration after;
    private final List<Outage> outages = new ArrayList<>();
    private final List<Calls> allCalls = new ArrayList<>();
    private double calmGap;

    private OutageRun(Stage stage, String name, Duration down, Duration after) {
        this.stage = stage;
        this.name = name;
        this.down = down;
        this.after = after;
    }

    static void kills(Stage stage, int times, Bars bars) {
        OutageRun run = new OutageRun(stage, "kill", Duration.ofSeconds(8), Duration.ofSeconds(2));
        for (int i = 1; i <= times; i++) {
            run.outage(i, stage.cluster()::kill, node -> {
                stage.cluster().spawn(node);
                stage.cluster().awaitReady(node);
            });
        }
        run.judge(bars);
    }

    static void pauses(Stage stage, int times, Bars bars) {
        OutageRun run = new OutageRun(stage, "pause", Duration.ofSeconds(10), Duration.ofSeconds(3));
        ShardCluster cluster = stage.cluster();
        for (int i = 1; i <= times; i++) {
            run.outage(
                    i,
                    node -> cluster.life(node).jvm().freeze(),
                    node -> cluster.life(node).jvm().thaw());
        }
        run.judge(bars);
    }

    private interface Deed {
        void to(String node);
    }

    private void outage(int number, Deed fail, Deed mend) {
        ShardCluster cluster = stage.cluster();
        ShardView view = cluster.awaitSettled();
        calm();
        String victim = stage.victim(number - 1);
        Set<Integer> shards = view.of(victim);
        String office = cluster.leads(victim) ? " (leads the group)" : "";
        long from = stage.now();
        fail.to(victim);
        stage.pass(down);
        long to = stage.now();
        mend.to(victim);
        stage.pass(after);
        long settles = stage.now();
        cluster.awaitSettled();
        Calls calls = stage.load().take();
        allCalls.add(calls);
        Outage outage = Outage.of(calls, shards, from, to);
        outages.add(outage);
        System.out.println(Bars.text(
                "%s %d of %s%s, %d shards: %s; at rest again %.1f s after its return; %s; so far %s",
                name,
                number,
                victim,
                office,
                shards.size(),
                outage,
                (stage.now() - settles) / 1e9 + after.toMillis() / 1e3,
                "failures " + calls.failures()
                        + (calls.failed() == 0
                                ? ""
                                : ", the last: " + stage.load().lastFailure()),
                stage.load().faults()));
    }

    /** Two seconds without a fault, whose longest gap the others' is to be read beside. */
    private void calm() {
        stage.load().take();
        long from = stage.now();
        stage.pass(Duration.ofSeconds(2));
        calmGap = Math.max(calmGap, stage.load().take().gap(from, stage.now()));
    }

    private void judge(Bars bars) {
        List<Double> last = outages.stream().map(Outage::lastMillis).toList();
        List<Double> gaps = outages.stream().map(Outage::otherGapMillis).toList();
        List<Double> writes = outages.stream().map(Outage::otherWriteGapMillis).toList();
        Calls calls =
                new Calls(allCalls.stream().flatMap(one -> one.all().stream()).toList());
        bars.row(
                name,
                "all its shards answer again, " + outages.size() + " times",
                Bars.millis(last),
                "max < 4000 ms",
                Bars.max(last) < RESUME_BAR_MILLIS);
        bars.row(
                name,
                "shards of others: longest time without a call done",
                Bars.millis(gaps),
                "never stop (< 1000 ms)",
                Bars.max(gaps) < OTHERS_BAR_MILLIS);
        bars.row(name, "the same, writes alone", Bars.millis(writes));
        bars.row(name, "the same, without a fault", Bars.text("max %.0f ms", calmGap));
        bars.row(name, "failed of " + calls.all().size() + " calls", calls.failures());
        stage.judge(name, bars);
    }
}
