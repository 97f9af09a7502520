package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.load.HttpLoad;
import io.holdfast.examples.streaming.load.LoadReport;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One run from the first start of a node to the report. For use by one thread. */
final class DemoRun {
    private static final Duration LONGEST_ROLL = Duration.ofMinutes(5);
    private static final Duration LONGEST_DOWN = Duration.ofSeconds(3);

    private final DemoPlan plan;
    private final Fleet fleet;
    private final ClusterProbe probe;
    private final FleetSecrets secrets;
    private final Screen screen;
    private final Environment env;

    DemoRun(DemoPlan plan, Fleet fleet, ClusterProbe probe, FleetSecrets secrets, Screen screen, Environment env) {
        this.plan = plan;
        this.fleet = fleet;
        this.probe = probe;
        this.secrets = secrets;
        this.screen = screen;
        this.env = env;
    }

    DemoResult run() {
        return underLoad(new Opening(fleet, probe, secrets, Habits.BROWSING, screen, env).open());
    }

    private DemoResult underLoad(Viewers viewers) {
        HttpLoad load = new HttpLoad(fleet.gateways(), viewers::shot, true, env.clock());
        screen.event("load begins: " + plan.rate() + " requests/s through all gateways");
        long startNanos = env.clock().nanoTime();
        CompletableFuture<LoadReport> report =
                Background.start("demo-load", () -> load.run(plan.rate(), loadTime()), env);
        Operator operator = new Operator(fleet, viewers.token(0), screen, load, env.clock());
        CompletableFuture<Boolean> operated = Background.start("demo-operator", () -> operate(operator), env);
        while (!report.isDone() || !operated.isDone()) {
            showProgress(load, operator, startNanos);
            boolean enough =
                    env.clock().nanoTime() - startNanos >= plan.duration().toNanos();
            if (plan.rolling() && operated.isDone() && enough) {
                load.stop();
            }
            fleet.await(Duration.ofSeconds(1), () -> report.isDone() && operated.isDone());
        }
        screen.event("load ends");
        return new DemoResult(
                report.join(),
                plan.rolling() ? 0 : 1,
                operator.failOverMillis(),
                plan.rolling() ? fleet.size() : 0,
                operated.join(),
                viewers.positions(),
                forgotten(viewers));
    }

    private Duration loadTime() {
        return plan.rolling() ? LONGEST_ROLL : plan.duration();
    }

    private boolean operate(Operator operator) {
        if (plan.rolling()) {
            fleet.await(Duration.ofSeconds(2), () -> false);
            return operator.roll();
        }
        fleet.await(plan.duration().dividedBy(2), () -> false);
        Duration down = plan.duration().dividedBy(8);
        return operator.killAndRestart(plan.victim(), down.compareTo(LONGEST_DOWN) < 0 ? down : LONGEST_DOWN);
    }

    private void showProgress(HttpLoad load, Operator operator, long startNanos) {
        long second = Math.round((env.clock().nanoTime() - startNanos) / 1e9);
        List<Progress.NodeState> nodes = new ArrayList<>();
        OptionalInt leader = plan.live() ? fleet.leader() : OptionalInt.empty();
        for (int node = 0; plan.live() && node < fleet.size(); node++) {
            nodes.add(state(node, leader.equals(OptionalInt.of(node))));
        }
        long seconds = plan.rolling() ? 0 : plan.duration().toSeconds();
        screen.progress(
                new Progress(second, seconds, load.takeWindow(), load.report(), nodes, operator.failOverMillis()));
    }

    private Progress.NodeState state(int node, boolean leads) {
        boolean up = fleet.alive(node);
        NodePorts ports = fleet.ports(node);
        long alive = up
                ? probe.members(ports).values().stream()
                        .filter(member -> member.state().equals("ALIVE"))
                        .count()
                : 0;
        String breakers = up ? inWords(probe.breakers(ports)) : "";
        return new Progress.NodeState(
                fleet.name(node), String.valueOf((char) ('a' + node)), up, (int) alive, leads, breakers);
    }

    /** Names those that are not closed only: a line must fit into a terminal of 80 columns. */
    private static String inWords(Map<String, String> breakers) {
        long closed = breakers.values().stream().filter("closed"::equals).count();
        String others = breakers.entrySet().stream()
                .filter(breaker -> !breaker.getValue().equals("closed"))
                .map(breaker -> breaker.getKey() + " " + breaker.getValue() + ", ")
                .collect(Collectors.joining());
        return others + closed + " breakers closed";
    }

    /** How many viewers' last acknowledged positions are gone. */
    private int forgotten(Viewers viewers) {
        int forgotten = 0;
        for (int viewer = 0; viewer < Viewers.COUNT; viewer++) {
            Optional<HttpResponse<byte[]>> home = probe.home(fleet.ports(viewer % fleet.size()), viewers.token(viewer));
            boolean remembered = home.isPresent()
                    && home.get().statusCode() == 200
                    && viewers.remembers(viewer, home.get().body());
            forgotten += remembered ? 0 : 1;
        }
        return forgotten;
    }
}
