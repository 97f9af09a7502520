package io.holdfast.consensus.session;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What the parts of a session share. The lock guards the window, the random numbers and the parts' own fields; nobody is told anything while it is held. */
record SessionParts(
        ReplicatedLog log,
        NodeId node,
        SessionConfig config,
        Environment environment,
        ReentrantLock lock,
        SessionWindow window,
        RandomGenerator random) {
    static SessionParts of(ReplicatedLog log, NodeId node, SessionConfig config, Environment environment) {
        RandomGenerator random = environment.random().split("session " + log.group());
        return new SessionParts(log, node, config, environment, new ReentrantLock(), new SessionWindow(), random);
    }

    GroupId group() {
        return log.group();
    }

    long now() {
        return environment.clock().nanoTime();
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    Duration remaining(Deadline deadline) {
        return Duration.ofNanos(Math.max(0, deadline.remainingNanos(now())));
    }

    /** Until when an attempt that begins then waits for its answer. */
    Deadline attempt(Deadline deadline, long beganNanos) {
        return deadline.earlier(Deadline.after(beganNanos, config.attemptTimeout()));
    }

    /** How long to wait before another attempt: longer each time, up to ten times as long, with jitter. */
    Duration backOff(int attempts, Duration atLeast) {
        long base = config.retryDelay().toNanos() * Math.min(10, 1L << Math.min(attempts - 1, 4));
        double jitter = locked(() -> 0.5 + random.nextDouble());
        return Duration.ofNanos(Math.max(atLeast.toNanos(), (long) (base * jitter)));
    }

    String describe() {
        return "the session of " + node + " with group " + group();
    }
}
