package io.holdfast.benchmarks.overload;

import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** A service with so many threads and one queue; a call holds its thread for an exponential time, as if it waited for a disk or a service below. A call is good if it ends within the deadline. */
final class Service implements AutoCloseable {
    private record Call(Criticality criticality, long arrived, Tally tally, Door.Course course) {}

    private final Environment environment;
    private final int workers;
    private final long serviceNanos;
    private final long deadlineNanos;
    private final LinkedBlockingQueue<Call> queue = new LinkedBlockingQueue<>();
    private final CountDownLatch ended;
    private volatile boolean closed;

    Service(Environment environment, int workers, long serviceNanos, long deadlineNanos) {
        this.environment = environment;
        this.workers = workers;
        this.serviceNanos = serviceNanos;
        this.deadlineNanos = deadlineNanos;
        this.ended = new CountDownLatch(workers);
        for (int i = 0; i < workers; i++) {
            SplittableRandom random = new SplittableRandom(i);
            environment.threads().start("worker-" + i, () -> work(random));
        }
    }

    void arrive(Criticality criticality, Door door, Tally tally) {
        tally.offered(criticality);
        long arrived = environment.clock().nanoTime();
        Door.Course course = door.arrive(criticality);
        if (course != null) {
            queue.add(new Call(criticality, arrived, tally, course));
        }
    }

    private void work(SplittableRandom random) {
        try {
            while (!closed) {
                serve(queue.take(), random);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private void serve(Call call, SplittableRandom random) {
        if (!call.course.begins()) {
            call.course.end(false);
            return;
        }
        long until = environment.clock().nanoTime() + exponential(random, serviceNanos);
        for (long left = until - environment.clock().nanoTime();
                left > 0;
                left = until - environment.clock().nanoTime()) {
            LockSupport.parkNanos(left);
        }
        long took = environment.clock().nanoTime() - call.arrived;
        boolean inTime = took <= deadlineNanos;
        if (inTime) {
            call.tally.good(call.criticality, took);
        }
        call.course.end(inTime);
    }

    static long exponential(SplittableRandom random, double mean) {
        return Math.max(1, (long) (-mean * Math.log(1 - random.nextDouble())));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        queue.clear();
        for (int i = 0; i < workers; i++) { // wakes those that wait for a call
            queue.add(new Call(Criticality.SHEDDABLE, 0, new Tally(), inTime -> {}));
        }
        ended.await();
    }
}
