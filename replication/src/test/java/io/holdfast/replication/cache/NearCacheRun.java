package io.holdfast.replication.cache;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.replication.cache.SimOrigin.State;
import io.holdfast.testkit.sim.SimEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** One run of a near cache against a {@link SimOrigin}, and its judge, which looks at nothing but the origin's history. */
final class NearCacheRun {
    private static final long BOUND_MILLIS = 400;
    private static final int KEYS = 6;

    private final long seed;
    private final Random random;
    private final boolean behind;
    private final boolean roomy;
    private final SimEnvironment environment;
    private final SimOrigin origin;
    private final NearCache<String, String> cache;
    private final Duration timeout = Duration.ofMillis(250);
    /** The least revision that a read of the key which begins now may answer. */
    private final Map<String, Long> floor = new HashMap<>();

    private final Map<String, String> lastQueued = new HashMap<>();
    private int values;
    private double loss;
    private int slowness = 5;
    private double failures;
    private int reads;

    NearCacheRun(long seed, boolean behind) {
        this.seed = seed;
        this.behind = behind;
        this.random = new Random(seed);
        this.roomy = random.nextBoolean();
        this.environment = SimEnvironment.seed(seed);
        this.origin = new SimOrigin(environment);
        origin.latency = () -> Duration.ofNanos(random.nextInt(slowness * 1_000_000) + 1);
        origin.lost = () -> random.nextDouble() < loss;
        origin.doubled = () -> random.nextInt(4) == 0;
        origin.loadFailure = () -> random.nextDouble() < failures ? new UnavailableException("down") : null;
        origin.writeFailure = this::writeFailure;
        NearCacheOptions options = NearCacheOptions.bounded(Duration.ofMillis(BOUND_MILLIS))
                .withTtl(Duration.ofMillis(1_500), Duration.ofMillis(900))
                .withCalls(timeout, 64)
                .withRefreshAt(random.nextBoolean() ? 0.7 : 1)
                .withMaxWeight(roomy ? 100 : 3);
        WriteBehindOptions queue = new WriteBehindOptions(
                Duration.ofMillis(20), 100, 3, Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(5));
        cache = NearCache.of("c", origin, behind ? options.withWriteBehind(queue) : options)
                .start(environment, new SimpleMeterRegistry());
    }

    private HoldfastException writeFailure() {
        double draw = random.nextDouble();
        return draw < failures / 2
                ? new NotAppliedException("no")
                : draw < failures ? new UnknownOutcomeException("cut") : null;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        origin.latency = () -> Duration.ofMillis(1);
        loss = 0;
        failures = 0;
        environment.advance(Duration.ofMillis(3 * BOUND_MILLIS));
        if (behind) {
            nothingIsLost();
        }
        for (int i = 0; i < KEYS; i++) {
            read("k" + i);
        }
        environment.advance(Duration.ofMillis(50));
        check(reads == 0, "%d reads never ended", reads);
        for (int i = 0; i < KEYS; i++) {
            String key = "k" + i;
            CompletableFuture<Optional<String>> now = cache.getAsync(key).toCompletableFuture();
            if (!now.isDone()) { // its time was over, or it had to leave
                environment.advance(Duration.ofMillis(5));
                check(!roomy || cache.getAsync(key).toCompletableFuture().isDone(), "%s is not kept after a read", key);
            }
            check(
                    now.join().equals(origin.state(key).value()),
                    "%s is %s at the end, not %s",
                    key,
                    now.join(),
                    origin.state(key));
        }
    }

    private void nothingIsLost() {
        lastQueued.forEach((key, value) ->
                check(origin.written.contains(key + "=" + value), "%s=%s was accepted and never written", key, value));
    }

    private void step() {
        String key = "k" + random.nextInt(KEYS);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> read(key);
            case 8, 9 -> write(key);
            case 10, 11, 12 -> origin.set(key, value());
            case 13 -> mood();
            case 14 -> {
                if (random.nextInt(5) == 0) {
                    environment.clock().jump(Duration.ofMillis(random.nextInt(700)));
                    read(key); // before any overdue timer has run
                }
            }
            default -> environment.advance(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 300 : 8)));
        }
        for (int i = 0; i < KEYS; i++) {
            int atOnce = origin.mostLoadsAtOnce("k" + i, timeout);
            check(atOnce <= 1, "%d reads of k%d at once", atOnce, i);
        }
    }

    private void mood() {
        loss = random.nextInt(3) == 0 ? random.nextDouble() : 0;
        failures = random.nextInt(3) == 0 ? random.nextDouble() * 0.6 : 0;
        slowness = random.nextInt(4) == 0 ? 1 + random.nextInt(400) : 1 + random.nextInt(10);
        origin.feedAnswers = random.nextInt(5) != 0;
    }

    private Optional<String> value() {
        return random.nextInt(5) == 0 ? Optional.empty() : Optional.of("v" + ++values);
    }

    private void write(String key) {
        Optional<String> value = value();
        long began = origin.now();
        CompletableFuture<Void> end =
                (value.isPresent() ? cache.putAsync(key, value.get()) : cache.removeAsync(key)).toCompletableFuture();
        if (behind) {
            lastQueued.put(key, value.orElse("-"));
            Optional<String> seen = cache.getAsync(key).toCompletableFuture().join();
            check(seen.equals(value), "%s is read as %s right after %s was queued", key, seen, value);
            return;
        }
        end.whenComplete((nothing, error) -> {
            if (error == null) {
                floor.merge(key, revisionOf(key, value, began), Math::max);
            }
        });
    }

    /** Values are unique. A removal is one of those since it began: the first of them is not newer than it. */
    private long revisionOf(String key, Optional<String> value, long began) {
        return origin.states(key).stream()
                .filter(state -> state.value().equals(value) && state.sinceNanos() >= began)
                .mapToLong(State::revision)
                .min()
                .orElseThrow();
    }

    private void read(String key) {
        long least = floor.getOrDefault(key, 0L);
        reads++;
        cache.getAsync(key).whenComplete((answer, error) -> {
            reads--;
            if (error == null) {
                judge(key, answer, least);
            }
        });
    }

    /** With write-behind the answer may be of the future: what waits. Then only the readers of the origin are judged. */
    private void judge(String key, Optional<String> answer, long least) {
        long now = origin.now();
        List<State> states = origin.states(key);
        long newest = answer.isEmpty() && states.isEmpty() ? 0 : -1;
        if (answer.isEmpty() && !states.isEmpty() && now - states.get(0).sinceNanos() <= BOUND_MILLIS * 1_000_000) {
            newest = 0;
        }
        long oldest = newest == 0 && least == 0 ? 0 : Long.MAX_VALUE;
        for (int i = 0; i < states.size(); i++) {
            State state = states.get(i);
            long until = i + 1 < states.size() ? states.get(i + 1).sinceNanos() : now;
            if (state.value().equals(answer) && now - until <= BOUND_MILLIS * 1_000_000) {
                newest = Math.max(newest, state.revision());
                oldest = state.revision() < least ? oldest : Math.min(oldest, state.revision());
            }
        }
        if (behind && answer.isPresent() && newest < 0 && answer.get().equals(lastQueued.get(key))) {
            return;
        }
        if (behind && answer.isEmpty() && "-".equals(lastQueued.get(key))) {
            return;
        }
        check(
                newest >= 0,
                "%s was answered as %s, which was not right within the bound: %s at %d",
                key,
                answer,
                states,
                now);
        check(
                newest >= least,
                "%s was answered as %s of revision %d after %d was read or written",
                key,
                answer,
                newest,
                least);
        floor.merge(key, Math.min(oldest, newest), Math::max); // an absence is one of several: the first for sure
    }

    private void check(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new AssertionError("seed " + seed + ": " + String.format(format, arguments));
        }
    }
}
