package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.load.HttpLoad;
import io.holdfast.examples.streaming.load.LoadReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Plays a scenario in a fleet without the policy and then in a fresh one with it.
 *
 * @param scenario what happens
 * @param rate requests a second
 * @param each how long the load lasts, each time
 * @param ports where the next fleet listens
 * @param screen is told what happens
 * @param env threads and clocks
 */
record ScenarioRun(
        Scenario scenario, int rate, Duration each, Supplier<List<NodePorts>> ports, Screen screen, Environment env) {
    private static final String ASKED = "recommendation/pick";

    Comparison run() {
        screen.event(scenario.name() + ": " + scenario.story());
        screen.event("without: " + scenario.without());
        Observed without = play(false);
        screen.event("with: " + scenario.with());
        return new Comparison(scenario, without, play(true));
    }

    private Observed play(boolean policy) {
        FleetPlan plan = new FleetPlan(false, false, scenario::version, node -> scenario.settings(policy));
        return new FreshFleet(env, screen).use(ports.get(), plan, observed -> true, given -> {
            scenario.prepare(given.fleet());
            Viewers viewers =
                    new Opening(given.fleet(), given.probe(), given.secrets(), scenario.habits(), screen, env).open();
            return underLoad(given, viewers, policy);
        });
    }

    private Observed underLoad(FreshFleet.Given given, Viewers viewers, boolean policy) {
        Fleet fleet = given.fleet();
        HttpLoad load = new HttpLoad(fleet.gateways(), viewers::shot, scenario.secondTries(policy), env.clock());
        Operator operator = new Operator(fleet, viewers.token(0), screen, load, env.clock());
        Duration before = each.dividedBy(3);
        Stage stage = new Stage(fleet, given.probe(), operator, screen, env.clock(), rate, each.minus(before));
        screen.event("load begins: " + rate + " requests/s through all gateways");
        long startNanos = env.clock().nanoTime();
        CompletableFuture<LoadReport> report = Background.start("demo-load", () -> load.run(rate, each), env);
        watch(fleet, load, startNanos, () -> elapsed(startNanos).compareTo(before) >= 0);
        double askedBefore = asked(given); // takes a while, in which pages go on
        load.mark();
        long personalisedBefore = viewers.personalised();
        CompletableFuture<Double> settled =
                Background.start("demo-scenario", () -> scenario.happen(stage, policy), env);
        watch(fleet, load, startNanos, () -> report.isDone() && settled.isDone());
        screen.event("load ends");
        return new Observed(
                stage.left().toMillis() / 1000.0,
                load.kinds(),
                viewers.personalised() - personalisedBefore,
                asked(given) - askedBefore,
                settled.join(),
                report.join());
    }

    private void watch(Fleet fleet, HttpLoad load, long startNanos, BooleanSupplier over) {
        while (!over.getAsBoolean()) {
            screen.progress(new Progress(
                    elapsed(startNanos).toSeconds(),
                    each.toSeconds(),
                    load.takeWindow(),
                    load.report(),
                    List.of(),
                    -1));
            fleet.await(Duration.ofSeconds(1), over);
        }
    }

    private Duration elapsed(long startNanos) {
        return Duration.ofNanos(env.clock().nanoTime() - startNanos);
    }

    private double asked(FreshFleet.Given given) {
        return IntStream.range(0, given.fleet().size())
                .mapToDouble(node -> given.probe().served(given.fleet().ports(node), ASKED))
                .sum();
    }
}
