package io.holdfast.benchmarks.shards;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Nodes join and leave by SIGTERM under load, in turn. */
final class MoveRun {
    private static final double P99_BAR = 3;
    private static final int STEPS = 12;
    private static final double SLOW_MILLIS = 1_000;

    private final Stage stage;
    private final Duration before;
    private final Bars bars;

    private MoveRun(Stage stage, Duration before, Bars bars) {
        this.stage = stage;
        this.before = before;
        this.bars = bars;
    }

    static void run(Stage stage, int rounds, Duration before, Bars bars) {
        MoveRun run = new MoveRun(stage, before, bars);
        for (int round = 1; round <= rounds; round++) {
            run.join(stage.cluster().absent());
            run.leave(stage.victim(round - 1));
        }
        stage.judge("join, leave", bars);
    }

    private void join(String node) {
        Calls calm = calm();
        ShardView old = stage.cluster().view();
        long spawned = stage.now();
        stage.cluster().spawn(node);
        stage.cluster().await(node + " hosts", view -> view.members().contains(node));
        long begin = stage.now();
        Set<Integer> planned = new TreeSet<>();
        ShardView now = stage.cluster().await("shards moved to " + node, view -> {
            planned.addAll(view.moving());
            return view.settled(stage.cluster().running());
        });
        stage.cluster().awaitReady(node);
        judge("join of " + node, calm, new Times(spawned, begin, stage.now()), planned, old.movedUntil(now));
    }

    private void leave(String node) {
        Calls calm = calm();
        ShardView old = stage.cluster().view();
        Set<Integer> planned = old.of(node);
        long begin = stage.now();
        stage.cluster().leave(node);
        ShardView now = stage.cluster().awaitSettled();
        judge("leave of " + node, calm, new Times(begin, begin, stage.now()), planned, old.movedUntil(now));
    }

    private record Times(long from, long moves, long to) {}

    private Calls calm() {
        stage.cluster().awaitSettled();
        stage.load().take();
        stage.pass(before);
        return stage.load().take();
    }

    private void judge(String run, Calls calm, Times times, Set<Integer> planned, Set<Integer> moved) {
        stage.pass(Duration.ofSeconds(2)); // calls that began in the time have ended
        Calls calls = stage.load().take();
        Calls whole = calls.within(times.from(), times.to());
        Calls during = calls.within(times.moves(), times.to());
        double ratio = during.latency(0.99) / Math.max(0.001, calm.latency(0.99));
        bars.row(run, "failed of " + whole.all().size() + " calls", calls.failures(), "0", calls.failed() == 0);
        bars.row(
                run,
                "p99 while shards move",
                Bars.text(
                        "%.1f ms, before %.1f ms: %.1fx (max %.0f ms, took %.1f s)",
                        during.latency(0.99),
                        calm.latency(0.99),
                        ratio,
                        during.latency(1),
                        (times.to() - times.moves()) / 1e9),
                "< 3x",
                ratio < P99_BAR);
        bars.row(
                run,
                "shards moved",
                Bars.text(
                        "%d, planned %d%s",
                        moved.size(), planned.size(), moved.equals(planned) ? "" : ", not the same"),
                "the same",
                moved.equals(planned));
        System.out.println(Bars.text(
                "%s: failures %s, the last of all: %s; so far %s%s",
                run, calls.failures(), stage.load().lastFailure(), stage.load().faults(), where(during, moved, times)));
    }

    /** Where the time went: to shards that moved or to all, at once or all along. */
    private static String where(Calls during, Set<Integer> moved, Times times) {
        StringBuilder text = new StringBuilder("\n  while shards move, p99 (max, calls):");
        text.append(tail(" of shards that moved", during.only(call -> moved.contains(call.shard()))));
        text.append(tail(", of others, reads", during.only(call -> !moved.contains(call.shard()) && !call.write())));
        text.append(tail(", writes", during.only(call -> !moved.contains(call.shard()) && call.write())));
        long step = Math.max(1, (times.to() - times.moves()) / STEPS);
        text.append("\n  all calls, by when they began, in steps of ")
                .append(step / 1_000_000)
                .append(" ms:");
        for (long from = times.moves(); from < times.to(); from += step) {
            long begin = from;
            text.append(tail("", during.only(call -> call.begin() >= begin && call.begin() < begin + step)));
        }
        Set<Integer> slow = new TreeSet<>();
        during.only(call -> call.millis() > SLOW_MILLIS).all().forEach(call -> slow.add(call.shard()));
        return text.append("\n  shards with calls of more than a second: ")
                .append(slow)
                .toString();
    }

    private static String tail(String what, Calls calls) {
        return Bars.text(
                "%s %.0f (%.0f, %d)",
                what, calls.latency(0.99), calls.latency(1), calls.all().size());
    }
}
