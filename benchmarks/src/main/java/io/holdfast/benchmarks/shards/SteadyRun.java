package io.holdfast.benchmarks.shards;

import java.time.Duration;

/** Nothing happens but calls. */
final class SteadyRun {
    private SteadyRun() {}

    static void run(Stage stage, int seconds, Bars bars) {
        Cpu before = Cpu.now();
        long from = stage.now();
        stage.load().take();
        stage.pass(Duration.ofSeconds(seconds));
        Calls calls = stage.load().take();
        double took = (stage.now() - from) / 1e9;
        double idle = Cpu.now().idlePercentSince(before);
        bars.row("steady", "calls done a second", Bars.text("%.0f", (calls.all().size() - calls.failed()) / took));
        bars.row("steady", "idle of the machine", Bars.text("%.0f %%", idle));
        latency(bars, "reads", calls.only(call -> !call.write()));
        latency(bars, "writes", calls.only(Call::write));
        bars.row("steady", "failed calls", calls.failures(), "0", calls.failed() == 0);
        stage.judge("steady", bars);
    }

    private static void latency(Bars bars, String what, Calls calls) {
        bars.row(
                "steady",
                what + " from a node that does not own",
                Bars.text("p50 %.2f ms, p99 %.1f ms", calls.latency(0.5), calls.latency(0.99)));
    }
}
