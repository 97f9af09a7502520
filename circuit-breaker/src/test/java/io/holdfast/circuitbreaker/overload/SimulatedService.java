package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongConsumer;

/** A service in virtual time: so many workers, exponential service times, one first-in-first-out queue before them, callers who do not slow down. All chance comes from the seed. */
final class SimulatedService {
    /** What stands before the service. */
    interface Guard {
        boolean arrive(Criticality criticality, long now);

        boolean begin(Criticality criticality, long arrived, long now);

        void end(Criticality criticality, Outcome outcome, long took, long now);
    }

    /** What became of the calls of a class. */
    static final class Count {
        long offered;
        long refused;
        long good;
        long late;

        double success() {
            long ended = good + late + refused; // some that were offered are still under way
            return ended == 0 ? 1 : (double) good / ended;
        }

        double served() {
            return offered == 0 ? 1 : 1 - (double) refused / offered;
        }
    }

    private record Call(Criticality criticality, long arrived, long until) {}

    private static final double SECOND = 1e9;

    private final Random random;
    private final Guard guard;
    private final Map<Criticality, Double> rates = new EnumMap<>(Criticality.class);
    private final Map<Criticality, Count> counts = new EnumMap<>(Criticality.class);
    private final Deque<Call> queue = new ArrayDeque<>();
    private final PriorityQueue<Call> running = new PriorityQueue<>((a, b) -> Long.compare(a.until, b.until));
    private final long deadline;
    private int workers;
    private double serviceNanos;
    private long now;
    private long nextArrival = Long.MAX_VALUE;
    private LongConsumer atEvent = time -> {};

    SimulatedService(long seed, int workers, double serviceMillis, double deadlineMillis, Guard guard) {
        this.random = new Random(seed);
        this.workers = workers;
        this.serviceNanos = serviceMillis * 1e6;
        this.deadline = (long) (deadlineMillis * 1e6);
        this.guard = guard;
        measure();
    }

    static Guard behind(AdaptiveLimiter limiter) {
        return new Guard() {
            @Override
            public boolean arrive(Criticality criticality, long now) {
                return limiter.enter(criticality);
            }

            @Override
            public boolean begin(Criticality criticality, long arrived, long now) {
                return true;
            }

            @Override
            public void end(Criticality criticality, Outcome outcome, long took, long now) {
                limiter.leave(criticality, outcome, took, now);
            }
        };
    }

    /** Calls a second that the workers can do. */
    double capacity() {
        return workers * SECOND / serviceNanos;
    }

    void workers(int number) {
        workers = number;
    }

    void serviceMillis(double millis) {
        serviceNanos = millis * 1e6;
    }

    /** Offers calls of a class, in multiples of the capacity. */
    void offer(Criticality criticality, double timesCapacity) {
        rates.put(criticality, timesCapacity * capacity() / SECOND);
        nextArrival = now + gap();
    }

    void atEvent(LongConsumer watcher) {
        atEvent = watcher;
    }

    /** Counts anew from here. */
    void measure() {
        for (Criticality each : Criticality.values()) {
            counts.put(each, new Count());
        }
    }

    Count count(Criticality criticality) {
        return counts.get(criticality);
    }

    long good() {
        return counts.values().stream().mapToLong(count -> count.good).sum();
    }

    /** Calls a second that were done in time, as a share of what the workers could do. */
    double goodput(double seconds) {
        return good() / seconds / capacity();
    }

    private long gap() {
        double rate = rates.values().stream().mapToDouble(Double::doubleValue).sum();
        return rate == 0 ? Long.MAX_VALUE / 2 : exponential(1 / rate);
    }

    private long exponential(double mean) {
        return Math.max(1, (long) (-mean * Math.log(1 - random.nextDouble())));
    }

    void run(double seconds) {
        long end = now + (long) (seconds * SECOND);
        while (true) {
            long ending = running.isEmpty() ? Long.MAX_VALUE : running.peek().until;
            long next = Math.min(ending, nextArrival);
            if (next > end) {
                now = end;
                return;
            }
            now = next;
            atEvent.accept(now);
            if (ending <= nextArrival) {
                ended(running.poll());
            } else {
                arrived(which());
                nextArrival = now + gap();
            }
        }
    }

    private Criticality which() {
        double at = random.nextDouble()
                * rates.values().stream().mapToDouble(Double::doubleValue).sum();
        Criticality last = Criticality.CRITICAL;
        for (Map.Entry<Criticality, Double> rate : rates.entrySet()) {
            last = rate.getKey();
            at -= rate.getValue();
            if (at < 0) {
                break;
            }
        }
        return last;
    }

    private void arrived(Criticality criticality) {
        Count count = count(criticality);
        count.offered++;
        if (!guard.arrive(criticality, now)) {
            count.refused++;
            return;
        }
        queue.add(new Call(criticality, now, 0));
        begin();
    }

    private void begin() {
        while (running.size() < workers && !queue.isEmpty()) {
            Call call = queue.poll();
            if (guard.begin(call.criticality, call.arrived, now)) {
                running.add(new Call(call.criticality, call.arrived, now + exponential(serviceNanos)));
            } else {
                count(call.criticality).refused++;
            }
        }
    }

    private void ended(Call call) {
        long took = now - call.arrived;
        boolean inTime = took <= deadline;
        Count count = count(call.criticality);
        if (inTime) {
            count.good++;
        } else {
            count.late++;
        }
        guard.end(call.criticality, inTime ? Outcome.DONE : Outcome.DROPPED, took, now);
        begin();
    }
}
