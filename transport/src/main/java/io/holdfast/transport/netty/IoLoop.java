package io.holdfast.transport.netty;

import io.holdfast.core.env.MonotonicClock;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/** One I/O thread and its deadlines. */
final class IoLoop {
    private final EventLoop loop;
    private final MonotonicClock clock;
    private final DeadlineWheel wheel;
    private boolean ticking;

    IoLoop(EventLoop loop, MonotonicClock clock) {
        this.loop = loop;
        this.clock = clock;
        this.wheel = new DeadlineWheel(clock.nanoTime());
    }

    EventLoop netty() {
        return loop;
    }

    boolean isCurrent() {
        return loop.inEventLoop();
    }

    long now() {
        return clock.nanoTime();
    }

    /** From any thread. Throws {@link java.util.concurrent.RejectedExecutionException} after the transport was closed. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    void addDeadline(Timed node, long deadlineNanos) {
        wheel.add(node, deadlineNanos, clock.nanoTime());
        if (!ticking) {
            ticking = true;
            scheduleTick();
        }
    }

    void removeDeadline(Timed node) {
        wheel.remove(node);
    }

    private void scheduleTick() {
        loop.schedule(this::tick, 1L << DeadlineWheel.TICK_SHIFT, TimeUnit.NANOSECONDS);
    }

    private void tick() {
        try {
            wheel.advance(clock.nanoTime());
        } finally {
            // an idle node must not wake up 240 times a second
            ticking = wheel.size() > 0;
            if (ticking) {
                scheduleTick();
            }
        }
    }
}
