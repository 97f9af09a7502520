package io.holdfast.benchmarks.consensus;

import io.holdfast.benchmarks.run.TextTable;
import java.util.function.ToDoubleFunction;

/** The bars of the project for throughput and latency, and whether they are met; only those for which both sides were measured. */
final class Bars {
    private final Results results;
    private final TextTable table = new TextTable("bar", "workload", "clients", "ours", "theirs", "ratio", "verdict");
    private boolean judged;

    Bars(Results results) {
        this.results = results;
    }

    /** The verdicts, or empty if there is nothing to compare. */
    String verdicts() {
        rate(Workload.PUT, 64, Peers.ETCD, 2);
        rate(Workload.PUT, 64, Peers.ZOOKEEPER, 1.2);
        rate(Workload.PUT, 64, Peers.RATIS, 6);
        rate(Workload.PUT, 256, Peers.ETCD, 4);
        rate(Workload.PUT, 256, Peers.JRAFT, 1);
        latency(Peers.ETCD, 1);
        latency(Peers.RATIS, 0.5);
        rate(Workload.MIX, 64, Peers.ETCD, 6);
        quorum(Workload.PUT, Peers.HAZELCAST);
        quorum(Workload.GET, Peers.HAZELCAST);
        quorum(Workload.PUT, Peers.HOLDFAST);
        return judged ? table.toString() : "";
    }

    private void quorum(Workload workload, String theirs) {
        rate(new Results.Key(workload, 64, Peers.QUORUM), theirs, 1);
    }

    private void rate(Workload workload, int clients, String theirs, double factor) {
        rate(new Results.Key(workload, clients, Peers.HOLDFAST), theirs, factor);
    }

    private void rate(Results.Key our, String theirs, double factor) {
        compare(
                Results.format("ops/s >= %.1fx", factor),
                our,
                new Results.Key(our.workload(), our.clients(), theirs),
                turn -> turn.seen().perSecond(),
                factor,
                true);
    }

    private void latency(String theirs, double factor) {
        compare(
                Results.format("p50 ms < %.1fx", factor),
                new Results.Key(Workload.PUT, 1, Peers.HOLDFAST),
                new Results.Key(Workload.PUT, 1, theirs),
                turn -> turn.seen().p50Millis(),
                factor,
                false);
    }

    private void compare(
            String bar,
            Results.Key our,
            Results.Key their,
            ToDoubleFunction<Results.Turn> figure,
            double factor,
            boolean atLeast) {
        if (!results.has(our) || !results.has(their)) {
            return;
        }
        double left = results.median(our, figure);
        double right = results.median(their, figure);
        boolean met = atLeast ? left >= factor * right : left < factor * right;
        judged = true;
        table.row(
                bar,
                our.workload().word(),
                Integer.toString(our.clients()),
                Results.format("%s %,.2f", our.peer(), left),
                Results.format("%s %,.2f", their.peer(), right),
                Results.format("%.2f", left / right),
                results.errors(our) > 0 ? "MISSED (errors)" : met ? "met" : "MISSED");
    }
}
