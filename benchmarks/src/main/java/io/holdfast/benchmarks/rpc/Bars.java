package io.holdfast.benchmarks.rpc;

import io.holdfast.benchmarks.run.TextTable;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The bars of the project for a service call, and whether they are met. */
final class Bars {
    private static final double RATE_OVER_GRPC = 4;
    private static final double CPU_OVER_RSOCKET = 2;

    private final Results results;
    private final TextTable table = new TextTable("bar", "wire", "in flight", "ours", "theirs", "ratio", "verdict");

    Bars(Results results) {
        this.results = results;
    }

    /** Compares like with like (handlers on a pool, on the I/O thread, callers that wait), and ordinary handlers with gRPC's fastest form as well. */
    String verdicts(List<Boolean> wires, List<Integer> loads) {
        for (boolean tls : wires) {
            for (int load : loads) {
                if (load == 1) {
                    latency(tls, Peers.HOLDFAST, Peers.GRPC);
                    latency(tls, Peers.HOLDFAST, Peers.GRPC_DIRECT);
                    latency(tls, Peers.HOLDFAST_INLINE, Peers.GRPC_DIRECT);
                    latency(tls, Peers.HOLDFAST_SYNC, Peers.GRPC_SYNC);
                } else {
                    rate(tls, load, Peers.HOLDFAST, Peers.GRPC);
                    rate(tls, load, Peers.HOLDFAST, Peers.GRPC_DIRECT);
                    rate(tls, load, Peers.HOLDFAST_INLINE, Peers.GRPC_DIRECT);
                    rate(tls, load, Peers.HOLDFAST_SYNC, Peers.GRPC_SYNC);
                }
                cpu(tls, load, Peers.HOLDFAST);
                cpu(tls, load, Peers.HOLDFAST_INLINE);
            }
        }
        return table.toString();
    }

    private void rate(boolean tls, int load, String ours, String theirs) {
        compare("calls/s >= 4x", tls, load, ours, theirs, Measurement::callsPerSecond, RATE_OVER_GRPC, true);
    }

    private void latency(boolean tls, String ours, String theirs) {
        compare("p50 us lower", tls, 1, ours, theirs, Measurement::p50Micros, 1, false);
    }

    private void cpu(boolean tls, int load, String ours) {
        compare("CPU us/call <= 2x", tls, load, ours, Peers.RSOCKET, Measurement::cpuMicros, CPU_OVER_RSOCKET, false);
    }

    private void compare(
            String bar,
            boolean tls,
            int load,
            String ours,
            String theirs,
            ToDoubleFunction<Measurement> figure,
            double factor,
            boolean atLeast) {
        Results.Key our = new Results.Key(tls, load, ours);
        Results.Key their = new Results.Key(tls, load, theirs);
        if (!results.has(our) || !results.has(their)) {
            return;
        }
        double left = results.median(our, figure);
        double right = results.median(their, figure);
        boolean met = atLeast ? left >= factor * right : factor == 1 ? left < right : left <= factor * right;
        String verdict = results.errors(our) > 0 ? "MISSED (errors)" : met ? "met" : "MISSED";
        table.row(
                bar,
                Results.wire(tls),
                Integer.toString(load),
                Results.format("%s %,.1f", ours, left),
                Results.format("%s %,.1f", theirs, right),
                Results.format("%.2f", left / right),
                verdict);
    }
}
