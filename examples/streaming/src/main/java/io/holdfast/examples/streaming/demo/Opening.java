package io.holdfast.examples.streaming.demo;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Starts the nodes and logs everybody in. For use by one thread. */
final class Opening {
    private static final Duration LOGIN_LIMIT = Duration.ofSeconds(15);
    private static final int WARM_UP_ROUNDS = 3;

    private final Fleet fleet;
    private final ClusterProbe probe;
    private final FleetSecrets secrets;
    private final Habits habits;
    private final Screen screen;
    private final Environment env;

    Opening(Fleet fleet, ClusterProbe probe, FleetSecrets secrets, Habits habits, Screen screen, Environment env) {
        this.fleet = fleet;
        this.probe = probe;
        this.secrets = secrets;
        this.habits = habits;
        this.screen = screen;
        this.env = env;
    }

    /** Returns once all nodes serve and all viewers have seen their home page. */
    Viewers open() {
        long startNanos = env.clock().nanoTime();
        for (int node = 0; node < fleet.size(); node++) {
            fleet.start(node);
        }
        screen.event("started " + fleet.size() + " nodes with all services" + fleet.zones());
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
        Viewers viewers = new Viewers(logIn(), habits);
        screen.event(Viewers.COUNT + " viewers have logged in and opened their home page on each gateway");
        return viewers;
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
}
