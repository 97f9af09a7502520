package io.holdfast.examples.streaming.demo;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.examples.streaming.load.HttpLoad;
import io.holdfast.examples.streaming.load.LoadReport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One run from the first start of a node to the report. For use by one thread. */
final class DemoRun {
    private static final Duration LOGIN_LIMIT = Duration.ofSeconds(15);
    private static final int WARM_UP_ROUNDS = 3;
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
        long startNanos = env.clock().nanoTime();
        for (int node = 0; node < fleet.size(); node++) {
            fleet.start(node);
        }
        screen.event("started " + fleet.size() + " nodes with all services, one each in zone a, b and c");
        fleet.awaitAllReady();
        screen.event(String.format(
                Locale.ROOT,
                "all nodes see each other, a leader and all services after %.1f s",
                (env.clock().nanoTime() - startNanos) / 1e9));
        screen.event("gateways on "
                + IntStream.range(0, fleet.size())
                        .mapToObj(node -> "127.0.0.1:" + fleet.ports(node).gateway())
                        .collect(Collectors.joining(", ")));
        screen.event("sign in there as " + Viewers.name(0) + " with the password " + secrets.password());
        Viewers viewers = new Viewers(logIn());
        screen.event(Viewers.COUNT + " viewers have logged in and opened their home page on each gateway");
        return underLoad(viewers);
    }

    /** Every viewer logs in and looks at a few home pages of each gateway, which also warms the nodes up. */
    private List<String> logIn() {
        List<String> tokens = new ArrayList<>();
        for (int viewer = 0; viewer < Viewers.COUNT; viewer++) {
            NodePorts gateway = fleet.ports(viewer % fleet.size());
            String user = Viewers.name(viewer);
            AtomicReference<String> token = new AtomicReference<>("");
            boolean loggedIn = fleet.await(LOGIN_LIMIT, () -> {
                probe.login(gateway, user, secrets.password()).ifPresent(token::set);
                return !token.get().isEmpty();
            });
            if (!loggedIn) {
                throw new UnavailableException(user + " cannot log in at port " + gateway.gateway() + " within "
                        + LOGIN_LIMIT.toSeconds() + " s; look into the nodes' logs");
            }
            tokens.add(token.get());
        }
        for (int i = 0; i < WARM_UP_ROUNDS * fleet.size() * Viewers.COUNT; i++) {
            probe.home(fleet.ports(i % fleet.size()), tokens.get(i % Viewers.COUNT));
        }
        return tokens;
    }

    private DemoResult underLoad(Viewers viewers) {
        List<InetSocketAddress> gateways = IntStream.range(0, fleet.size())
                .mapToObj(node -> new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), fleet.ports(node).gateway()))
                .toList();
        HttpLoad load = new HttpLoad(gateways, viewers::shot, env.clock());
        CompletableFuture<LoadReport> report = new CompletableFuture<>();
        CompletableFuture<Boolean> operated = new CompletableFuture<>();
        screen.event("load begins: " + plan.rate() + " requests/s through all gateways");
        long startNanos = env.clock().nanoTime();
        env.threads().start("demo-load", () -> settle(report, () -> load.run(plan.rate(), loadTime())));
        Operator operator = new Operator(fleet, viewers.token(0), screen, load, env.clock());
        env.threads().start("demo-operator", () -> settle(operated, () -> operate(operator)));
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

    private static <T> void settle(CompletableFuture<T> future, Supplier<T> work) {
        try {
            future.complete(work.get());
        } catch (RuntimeException e) {
            future.completeExceptionally(e);
        }
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
