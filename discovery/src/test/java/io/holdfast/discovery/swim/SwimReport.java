package io.holdfast.discovery.swim;

import io.holdfast.testkit.sim.LinkFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** Runs a scenario over many seeds and prints the distribution: the figures behind the bars, not only pass or fail. */
final class SwimReport {
    /** What was measured over all seeds. */
    record Figures(String name, List<Duration> sorted) {
        Duration at(double quantile) {
            return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(Math.ceil(quantile * sorted.size())) - 1));
        }

        Duration max() {
            return sorted.get(sorted.size() - 1);
        }
    }

    private SwimReport() {}

    static Figures durations(String name, int seeds, LongFunction<Duration> scenario) {
        List<Duration> all = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            all.add(scenario.apply(seed));
        }
        all.sort(null);
        Figures figures = new Figures(name, all);
        System.out.printf(
                "%-44s %4d seeds  p50 %5d ms  p99 %5d ms  max %5d ms%n",
                name,
                seeds,
                figures.at(0.5).toMillis(),
                figures.at(0.99).toMillis(),
                figures.max().toMillis());
        return figures;
    }

    static int deaths(String name, int seeds, LongFunction<Integer> scenario) {
        int sum = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            sum += scenario.apply(seed);
        }
        System.out.printf("%-44s %4d seeds  false deaths %d%n", name, seeds, sum);
        return sum;
    }

    /** For a hand-made run: scenario, seeds, nodes. */
    public static void main(String[] args) {
        int seeds = Integer.parseInt(args[1]);
        int nodes = Integer.parseInt(args[2]);
        Duration ten = Duration.ofSeconds(10);
        switch (args[0]) {
            case "silent" -> durations("silent", seeds, seed -> SwimScenarios.silentDeath(seed, nodes));
            case "killed" -> durations("killed", seeds, seed -> SwimScenarios.killedProcess(seed, nodes));
            case "loss" ->
                deaths(
                        "5 % loss",
                        seeds,
                        seed -> SwimScenarios.deathsUnderLoss(
                                seed, nodes, 0.05, Duration.ofSeconds(Integer.parseInt(args[3]))));
            case "pause" ->
                deaths("pause", seeds, seed -> SwimScenarios.healthyDeathsAroundPause(seed, nodes, ten, false));
            case "starve" ->
                deaths("starve", seeds, seed -> SwimScenarios.healthyDeathsAroundPause(seed, nodes, ten, true));
            case "halves" ->
                durations("halves", seeds, seed -> SwimScenarios.heal(seed, nodes, SwimScenarios.Cut.HALVES, ten));
            case "oneway" ->
                durations("oneway", seeds, seed -> SwimScenarios.heal(seed, nodes, SwimScenarios.Cut.ONE_WAY, ten));
            case "bridge" ->
                durations("bridge", seeds, seed -> SwimScenarios.heal(seed, nodes, SwimScenarios.Cut.BRIDGE, ten));
            case "registry" -> durations("registry", seeds, seed -> SwimScenarios.registryChange(seed, nodes));
            case "form" ->
                durations(
                        "form",
                        seeds,
                        seed -> SwimScenarios.form(seed, nodes, LinkFaults.hostile(), Duration.ofSeconds(1), 2));
            case "crash" -> durations("form amid crashes", seeds, SwimScenarios::formAmidCrashes);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }
}
