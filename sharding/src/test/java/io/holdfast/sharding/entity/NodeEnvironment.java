package io.holdfast.sharding.entity;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;

/** The world's environment as one run of one node sees it: with chances of its own. */
record NodeEnvironment(Environment world, String run) implements Environment {
    @Override
    public MonotonicClock clock() {
        return world.clock();
    }

    @Override
    public WallClock wallClock() {
        return world.wallClock();
    }

    @Override
    public Scheduler scheduler() {
        return world.scheduler();
    }

    @Override
    public RandomSource random() {
        return subsystem -> world.random().split(run + '/' + subsystem);
    }

    @Override
    public Threads threads() {
        return world.threads();
    }

    @Override
    public void close() {
        // the world goes on
    }
}
