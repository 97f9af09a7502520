package io.holdfast.replication.event;

import io.holdfast.core.env.Environment;
import java.util.concurrent.Executor;

/** What the workers of a group share on this node. */
record GroupParts<E>(
        EventLog<E> log, ConsumerConfig config, Crew crew, Executor turns, Delivery.Ways<E> ways, GroupMeters meters) {
    Environment environment() {
        return log.environment();
    }

    long nowNanos() {
        return log.environment().clock().nanoTime();
    }

    String self() {
        return crew.self().value();
    }
}
