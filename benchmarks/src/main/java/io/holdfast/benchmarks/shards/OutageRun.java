package io.holdfast.benchmarks.shards;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Owners fail, one after the other or a few at once: they are killed and start again, or they are stopped and go on. */
final class OutageRun {
    private static final double RESUME_BAR_MILLIS = 4_000;
    /** In what time a service that never stops may have no call done; not more than the figure without a fault shows. */
    private static final double OTHERS_BAR_MILLIS = 1_000;

    private final Stage stage;
    private final boolean kills;
    private final String name;
    private final Duration down;
    private final Duration after;
    private final List<Outage> outages = new ArrayList<>();
    private final List<Calls> allCalls = new ArrayList<>();
    private double calmGap;
    private int failed;

    private OutageRun(Stage stage, boolean kills, Duration down, Duration after) {
        this.stage = stage;
        this.kills = kills;
        this.name = kills ? "kill" : "pause";
        this.down = down;
        this.after = after;
    }

    static void kills(Stage stage, int times, int leaderEvery, Bars bars) {
        OutageRun run = new OutageRun(stage, true, Duration.ofSeconds(8), Duration.ofSeconds(2));
        ShardCluster cluster = stage.cluster();
        Victims victims = new Victims(cluster);
        while (run.failed < times) {
            run.outage(() -> victims.one(run.failed, leaderEvery), cluster::kill, node -> {
                cluster.spawn(node);
                cluster.awaitReady(node);
            });
        }
        run.judge(bars);
    }

    static void pauses(Stage stage, int times, int atOnce, Bars bars) {
        OutageRun run = new OutageRun(stage, false, Duration.ofSeconds(10), Duration.ofSeconds(3));
        ShardCluster cluster = stage.cluster();
        Victims victims = new Victims(cluster);
        while (run.failed < times) {
            run.outage(
                    () -> victims.several(run.failed, Math.min(atOnce, times - run.failed)),
                    node -> cluster.life(node).jvm().freeze(),
                    node -> cluster.life(node).jvm().thaw());
        }
        run.judge(bars);
    }

    private interface Choice {
        List<String> victims();
    }

    private void outage(Choice choice, Consumer<String> fail, Consumer<String> mend) {
        ShardCluster cluster = stage.cluster();
        cluster.awaitSettled();
        calm();
        List<String> victims = choice.victims();
        String leader = cluster.leader();
        Set<Integer> shards = new TreeSet<>();
        ShardView view = cluster.awaitSettled();
        victims.forEach(victim -> shards.addAll(view.of(victim)));
        long from = stage.now();
        victims.forEach(fail);
        stage.pass(down);
        long to = stage.now();
        victims.forEach(mend);
        long back = stage.now();
        stage.pass(after);
        cluster.awaitSettled();
        Calls calls = stage.load().take();
        allCalls.add(calls);
        Outage outage = Outage.of(calls, shards, from, to);
        outages.add(outage);
        failed += victims.size();
        System.out.println(Bars.text(
                "%s %d of %s%s, %d shards: %s; at rest again %.1f s after %.1f s; %s; so far %s",
                name,
                failed,
                String.join(" and ", victims),
                victims.contains(leader) ? " (leads the group)" : "",
                shards.size(),
                outage,
                (stage.now() - back) / 1e9,
                (back - from) / 1e9,
                failures(calls),
                stage.load().faults()));
    }

    private String failures(Calls calls) {
        return "failures " + calls.failures()
                + (calls.failed() == 0 ? "" : ", the last: " + stage.load().lastFailure());
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
        String back = "all shards of who failed answer again, " + failed + " failures in " + outages.size() + " turns";
        String silent = "shards of others: longest time without a call done";
        if (kills) {
            bars.row(name, back, Bars.millis(last), "max < 4000 ms", Bars.max(last) < RESUME_BAR_MILLIS);
            bars.row(name, silent, Bars.millis(gaps), "never stop (< 1000 ms)", Bars.max(gaps) < OTHERS_BAR_MILLIS);
        } else { // the bar of a pause is that nothing stale is answered or accepted
            bars.row(name, back, Bars.millis(last));
            bars.row(name, silent, Bars.millis(gaps));
        }
        bars.row(name, "the same, writes alone", Bars.millis(writes));
        bars.row(name, "the same, without a fault", Bars.text("max %.0f ms", calmGap));
        bars.row(name, "failed of " + calls.all().size() + " calls", calls.failures());
        stage.judge(name, bars);
    }
}
