package io.holdfast.examples.streaming.load;

import io.holdfast.core.Check;
import io.holdfast.core.env.MonotonicClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests at a fixed rate to gateways in turn, as a browser behind a load balancer does: connections are kept, and a request whose connection is refused or reset goes to one other
 * gateway, once. A request without a correct answer within {@link #PATIENCE} has failed. {@link #run} is for one thread; the others may call {@link #report} and {@link #takeWindow}.
 */
public final class HttpLoad {
    /** How long an answer may take, from when the request should have left. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int MAX_CONNECTIONS = 1024;

    private final List<InetSocketAddress> gateways;
    private final LongFunction<Shot> shots;
    private final boolean secondTries;
    private final MonotonicClock clock;
    private final LoadRecorder recorder = new LoadRecorder();
    private final List<Deque<GatewayConnection>> idle = new ArrayList<>();
    private final Deque<Flight> inFlight = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private int connections;
    private long fired;
    private int retries;
    private volatile boolean stopped;

    /**
     * Prepares a load.
     *
     * @param gateways where requests go, at least one
     * @param shots makes the n-th request, from 0
     * @param secondTries whether a request whose connection is refused or reset goes to another gateway
     * @param clock measures
     */
    public HttpLoad(
            List<InetSocketAddress> gateways, LongFunction<Shot> shots, boolean secondTries, MonotonicClock clock) {
        Check.that(!gateways.isEmpty(), "the load needs at least one gateway");
        this.gateways = List.copyOf(gateways);
        this.shots = shots;
        this.secondTries = secondTries;
        this.clock = clock;
        gateways.forEach(gateway -> idle.add(new ArrayDeque<>()));
    }

    /**
     * Sends requests and returns when the last one is judged.
     *
     * @param ratePerSecond how many requests leave a second
     * @param duration for how long
     * @return what they saw
     * @throws UncheckedIOException if this process can open no socket at all
     */
    public LoadReport run(int ratePerSecond, Duration duration) {
        try (Selector selector = Selector.open()) {
            loop(selector, Duration.ofSeconds(1).toNanos() / ratePerSecond, duration.toNanos());
            for (SelectionKey key : selector.keys()) {
                ((GatewayConnection) key.attachment()).close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the load client cannot wait for its sockets", e);
        }
        return recorder.report();
    }

    /** Sends no more; {@link #run} returns once what was sent is judged. */
    public void stop() {
        stopped = true;
    }

    /**
     * What was seen so far.
     *
     * @return the report of the whole run up to now
     */
    public LoadReport report() {
        return recorder.report();
    }

    /** Counts by kind begin anew with the requests that leave from now on. */
    public void mark() {
        recorder.mark(clock.nanoTime());
    }

    /**
     * What became of the requests that were due since {@link #mark}, or since the beginning.
     *
     * @return by {@link Shot#kind}
     */
    public Map<String, KindReport> kinds() {
        return recorder.kinds();
    }

    /**
     * What was seen since the last call.
     *
     * @return the window
     */
    public LoadWindow takeWindow() {
        return recorder.takeWindow();
    }

    /**
     * The longest time without a correct answer to a write that ended since the last call, or that goes on.
     *
     * @return the time; zero as long as no write was answered
     */
    public Duration takeLongestWriteGap() {
        return Duration.ofNanos(recorder.takeLongestWriteGapNanos(clock.nanoTime()));
    }

    private void loop(Selector selector, long intervalNanos, long durationNanos) throws IOException {
        long startNanos = clock.nanoTime();
        long total = durationNanos / intervalNanos;
        recorder.begin(startNanos);
        while ((fired < total && !stopped) || !inFlight.isEmpty()) {
            long nowNanos = clock.nanoTime();
            while (fired < total && !stopped && nowNanos - (startNanos + fired * intervalNanos) >= 0) {
                fire(selector, startNanos + fired * intervalNanos);
            }
            expire(nowNanos);
            long nextNanos = fired < total ? startNanos + fired * intervalNanos - nowNanos : Long.MAX_VALUE;
            await(selector, nextNanos);
        }
        recorder.end(clock.nanoTime());
    }

    private void await(Selector selector, long nextNanos) throws IOException {
        long waitMillis = Math.min(20, nextNanos / 1_000_000);
        if (waitMillis > 0) {
            selector.select(this::proceed, waitMillis);
        } else {
            selector.selectNow(this::proceed);
            if (nextNanos > 0) {
                LockSupport.parkNanos(Math.min(nextNanos, 200_000));
            }
        }
    }

    private void fire(Selector selector, long dueNanos) {
        Flight flight = new Flight(shots.apply(fired), dueNanos, (int) (fired % gateways.size()));
        fired++;
        inFlight.add(flight);
        recorder.sent();
        send(selector, flight, flight.firstGateway());
    }

    private void send(Selector selector, Flight flight, int gateway) {
        GatewayConnection connection = null;
        try {
            connection = take(gateway);
            if (connection == null) {
                if (connections >= MAX_CONNECTIONS) {
                    fail(flight, "the load client has " + MAX_CONNECTIONS + " connections open, its limit", "");
                    return;
                }
                connection = new GatewayConnection(gateway, gateways.get(gateway), selector);
                connections++;
            }
            connection.send(flight);
        } catch (IOException e) {
            if (connection != null) {
                drop(connection);
            }
            retry(selector, flight, gateway, e);
        }
    }

    private @Nullable GatewayConnection take(int gateway) {
        for (GatewayConnection kept = idle.get(gateway).pollLast();
                kept != null;
                kept = idle.get(gateway).pollLast()) {
            if (kept.open()) {
                return kept;
            }
        }
        return null;
    }

    private void retry(Selector selector, Flight flight, int refusedBy, IOException reason) {
        if (flight.landed()) {
            return;
        }
        if (flight.secondTry() || gateways.size() == 1 || !secondTries) {
            String how = reason instanceof ConnectException ? "refused" : "broken";
            fail(
                    flight,
                    "connection " + how + (flight.secondTry() ? ", and so was one" : "") + at(refusedBy),
                    reason.getMessage());
            return;
        }
        int others = gateways.size() - 1;
        int other = (refusedBy + 1 + retries++ % others) % gateways.size();
        flight.tryAgain(other);
        recorder.retried();
        send(selector, flight, other);
    }

    private void proceed(SelectionKey key) {
        GatewayConnection connection = (GatewayConnection) key.attachment();
        try {
            HttpAnswer answer = connection.proceed(buffer);
            if (answer != null) {
                arrived(connection, answer);
            }
        } catch (IOException e) {
            Flight flight = connection.flight();
            drop(connection);
            if (flight != null) {
                retry(key.selector(), flight, connection.gateway(), e);
            }
        }
    }

    private void arrived(GatewayConnection connection, HttpAnswer answer) {
        Flight flight = connection.flight();
        connection.free();
        if (connection.keepAlive()) {
            idle.get(connection.gateway()).add(connection);
        } else {
            drop(connection);
        }
        if (flight == null || flight.landed()) {
            return;
        }
        if (clock.nanoTime() - flight.dueNanos() >= PATIENCE.toNanos()) {
            return; // too late, also where this client was too slow to look: expire() counts it
        }
        Optional<String> wrong = flight.shot().check().apply(answer);
        if (wrong.isPresent()) {
            String cause = answer.status() == 200 ? "wrong answer" : "answered with " + answer.status();
            fail(flight, cause + at(connection.gateway()), wrong.get());
        } else {
            flight.land();
            recorder.succeeded(flight, clock.nanoTime());
        }
    }

    private void drop(GatewayConnection connection) {
        connection.close();
        idle.get(connection.gateway()).remove(connection);
        connections--;
    }

    private void expire(long nowNanos) {
        for (Flight first = inFlight.peek(); first != null; first = inFlight.peek()) {
            if (!first.landed() && nowNanos - first.dueNanos() < PATIENCE.toNanos()) {
                return;
            }
            inFlight.remove();
            if (!first.landed()) {
                String late = first.secondTry() ? " of a second try" : "";
                fail(first, "no answer within " + PATIENCE.toMillis() + " ms" + at(first.gateway()) + late, "");
            }
        }
    }

    private String at(int gateway) {
        return " at gateway " + gateways.get(gateway).getPort();
    }

    private void fail(Flight flight, String cause, @Nullable String example) {
        flight.land();
        recorder.failed(flight, cause, String.valueOf(example), clock.nanoTime());
    }
}
