package io.holdfast.circuitbreaker.shared;

import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.core.Address;
import io.holdfast.core.cluster.BulletinEvent;
import io.holdfast.core.cluster.ObserverQuorum;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.testkit.sim.SimBulletin;
import io.holdfast.testkit.sim.SimHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** A simulated node that calls one callee through a true {@link Breaker} and shares what it knows. It publishes {@code refused}, {@code tries}, and {@code opened} or {@code closed}. */
final class SimCaller implements Protocol<String, SimBulletin.Sheet, String, String> {
    static final Target TARGET = new Target("callee");
    static final Duration WAIT = Duration.ofSeconds(2);
    static final CircuitBreakerConfig NUMBERS =
            CircuitBreakerConfig.DEFAULT.withCalls(10, 20).withRecovery(WAIT, 3);
    private static final long MS = 1_000_000;

    private final SimHost host;
    private final Callee callee;
    private final boolean shares;
    private final Duration pace;
    private final RandomGenerator random;
    final Breaker breaker;
    final SimBulletin bulletin;
    private final SharedBreakers knowledge;
    private String state = "closed";
    int refused;

    SimCaller(SimHost host, Callee callee, boolean shares, Duration pace) {
        this.host = host;
        this.callee = callee;
        this.shares = shares;
        this.pace = pace;
        var environment = host.environment();
        this.random = new Random(environment.random().split("calls").nextLong());
        this.breaker = new Breaker(
                "callee",
                NUMBERS,
                environment,
                new SimpleMeterRegistry(),
                new FlightRecorder(environment.wallClock(), 16));
        this.bulletin = new SimBulletin(host, Duration.ofSeconds(2));
        this.knowledge = new SharedBreakers(host.id(), ObserverQuorum.TWO, SharingTimes.DEFAULT);
        bulletin.watch(SharedBreakers.TOPIC, this::heard);
    }

    private void heard(BulletinEvent event) {
        if (event instanceof BulletinEvent.Told told) {
            knowledge.hear(told.node(), told.value(), host.environment().clock().nanoTime());
        } else if (event instanceof BulletinEvent.Gone gone) {
            knowledge.gone(gone.node());
        }
    }

    @Override
    public void onStart(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        out.wakeAt(nowNanos + random.nextLong(250) * MS, "look");
        out.wakeAt(nowNanos + random.nextLong(100) * MS, "send");
        out.wakeAt(nowNanos + 500 * MS + random.nextLong(pace.toNanos()), "call");
    }

    @Override
    public void onTimer(String timer, long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        switch (timer) {
            case "look" -> look(nowNanos, out);
            case "send" -> send(nowNanos, out);
            default -> call(nowNanos, out);
        }
        if (!breaker.state().equals(state)) {
            state = breaker.state();
            out.publish(state);
        }
    }

    private void look(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        if (shares) {
            Map<Target, Order> orders = knowledge.step(Map.of(TARGET, breaker.look()), nowNanos);
            breaker.obey(orders.get(TARGET));
            knowledge.toTell(nowNanos).ifPresent(page -> bulletin.publish(SharedBreakers.TOPIC, page));
        }
        out.wakeAt(nowNanos + 250 * MS, "look");
    }

    private void send(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        bulletin.expire(nowNanos);
        SimBulletin.Sheet sheet = bulletin.sheet();
        host.planned().stream().filter(peer -> !peer.equals(host.address())).forEach(peer -> out.send(peer, sheet));
        out.wakeAt(nowNanos + 100 * MS, "send");
    }

    private void call(long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        if (!breaker.admits()) {
            refused++;
        } else {
            boolean tried = breaker.state().equals("half_open");
            if (tried) {
                out.publish("tries");
            }
            if (callee.answers(host.id().value(), tried)) {
                breaker.succeeded(0); // a call takes no time here
            } else {
                breaker.failed(0, new IllegalStateException("down"));
            }
        }
        out.wakeAt(nowNanos + random.nextLong(2 * pace.toNanos()) + 1, "call");
    }

    @Override
    public void onMessage(
            Address from, SimBulletin.Sheet sheet, long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        bulletin.hear(sheet, nowNanos);
    }

    @Override
    public void onRequest(String request, long nowNanos, Outbox<SimBulletin.Sheet, String, String> out) {
        throw new UnsupportedOperationException("it takes no requests");
    }
}
