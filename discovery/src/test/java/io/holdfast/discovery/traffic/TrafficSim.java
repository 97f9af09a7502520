package io.holdfast.discovery.traffic;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.balance.BalancePolicy;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.balance.Candidates;
import io.holdfast.discovery.outlier.Ended;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** One caller of a fleet in virtual time: calls come at random (Poisson), instances answer as a test says, each with its own queue of none. */
final class TrafficSim {
    private static final double SECOND = 1e9;

    /** How an instance answers one call. */
    record Answer(long nanos, boolean good) {}

    /** A call that has ended. */
    record Call(long beganNanos, ServiceInstance instance, long nanos, boolean good) {}

    private record Pending(long endsNanos, Candidate chosen, Route route, Call call) {}

    private final Fleet fleet;
    private final SplittableRandom random;
    private final MethodTraffic method;
    private final BiFunction<ServiceInstance, Long, Answer> behaviour;
    private final PriorityQueue<Pending> pending = new PriorityQueue<>(Comparator.comparingLong(Pending::endsNanos));
    private final List<Call> calls = new ArrayList<>();
    private long now = 1_000_000_000L;
    final TrafficPolicies policies;

    TrafficSim(
            long seed,
            Fleet fleet,
            BalancePolicy balance,
            TrafficPolicy policy,
            BiFunction<ServiceInstance, Long, Answer> behaviour) {
        this.fleet = fleet;
        this.random = new SplittableRandom(seed);
        this.policies = fleet.policies(seed, balance, Map.of("catalog", policy));
        this.method = policies.method(Fleet.SERVICE, "find", false);
        this.behaviour = behaviour;
    }

    long now() {
        return now;
    }

    SplittableRandom random() {
        return random;
    }

    /** Latency with a tail: exponential above a floor. */
    long latency(double meanMillis) {
        return (long) (1e6 * meanMillis * (0.5 - 0.5 * Math.log(1 - random.nextDouble())));
    }

    /** Lets calls come for a while. */
    TrafficSim run(double seconds, double perSecond) {
        long end = now + (long) (seconds * SECOND);
        while (true) {
            long next = now + (long) (-Math.log(1 - random.nextDouble()) / perSecond * SECOND);
            finish(Math.min(next, end));
            if (next >= end) {
                now = end;
                return this;
            }
            now = next;
            call();
        }
    }

    private void call() {
        Route route = method.route(CallContext.EMPTY);
        Candidates in = method.candidates(fleet.instances(), fleet.instances(), now);
        Candidate chosen = Objects.requireNonNull(method.choose(route, CallContext.EMPTY, in, now));
        chosen.load().begin();
        Answer answer = behaviour.apply(chosen.instance(), now);
        Call call = new Call(now, chosen.instance(), answer.nanos(), answer.good());
        pending.add(new Pending(now + answer.nanos(), chosen, route, call));
        calls.add(call);
    }

    private void finish(long until) {
        while (!pending.isEmpty() && pending.peek().endsNanos() <= until) {
            Pending done = pending.remove();
            Call call = done.call();
            done.chosen().load().end(done.endsNanos(), call.nanos(), !call.good());
            method.ended(
                    done.route(),
                    done.chosen(),
                    call.good() ? Ended.GOOD : Ended.FAILED,
                    call.nanos(),
                    done.endsNanos());
        }
    }

    /** The calls that began within a span of virtual time. */
    List<Call> between(long fromNanos, long toNanos) {
        return calls.stream()
                .filter(call -> call.beganNanos() >= fromNanos && call.beganNanos() < toNanos)
                .toList();
    }

    static double share(List<Call> calls, Predicate<Call> which) {
        return calls.isEmpty() ? 0 : (double) calls.stream().filter(which).count() / calls.size();
    }

    static double p99Millis(List<Call> calls) {
        long[] sorted = calls.stream().mapToLong(Call::nanos).sorted().toArray();
        return sorted[(int) (0.99 * (sorted.length - 1))] / 1e6;
    }
}
