package io.holdfast.benchmarks.traffic;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Calls at an even rate whether or not the calls before have ended, so that a slow answer delays no call. For use by one thread. */
final class OpenLoad {
    /** A call that ended: when it began after the load's start, who had it (empty if it failed), how long it took. */
    record Call(double second, String node, double millis) {
        boolean failed() {
            return node.isEmpty();
        }
    }

    private final Work work;
    private final int perSecond;
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();

    OpenLoad(Work work, int perSecond) {
        this.work = work;
        this.perSecond = perSecond;
    }

    /** Runs for so long and gives all calls when the last has ended. */
    List<Call> run(double seconds) {
        long start = System.nanoTime();
        long total = (long) (seconds * perSecond);
        for (long i = 0; i < total; i++) {
            long due = start + i * 1_000_000_000L / perSecond;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            call(start, due);
        }
        while (underWay.get() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return List.copyOf(calls);
    }

    private void call(long start, long due) {
        underWay.incrementAndGet();
        work.work().whenComplete((node, error) -> {
            double millis = (System.nanoTime() - due) / 1e6;
            calls.add(new Call((due - start) / 1e9, error == null ? node : "", millis));
            underWay.decrementAndGet();
        });
    }
}
