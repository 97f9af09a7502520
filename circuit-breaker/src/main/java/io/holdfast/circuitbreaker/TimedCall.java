package io.holdfast.circuitbreaker;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One attempt on the caller's thread that is interrupted when its time is over. The interrupt is either taken back or never sent: it does not reach what the thread does next.
 */
final class TimedCall<T> {
    private enum State {
        RUNNING,
        INTERRUPTING,
        INTERRUPTED,
        ENDED
    }

    private final Pipeline pipeline;
    private final Duration timeout;
    private final Environment environment;
    private final Thread caller = Thread.currentThread();
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    TimedCall(Pipeline pipeline, Duration timeout, Environment environment) {
        this.pipeline = pipeline;
        this.timeout = timeout;
        this.environment = environment;
    }

    @SuppressWarnings("try") // the scope and the timer are effects
    T call(Callable<T> call) throws Exception {
        CallContext context = CallContext.current();
        Deadline deadline = Deadline.after(environment.clock().nanoTime(), timeout);
        T value;
        try (Registration timer = environment.scheduler().schedule(timeout, this::interrupt);
                CallContext.Scope scope = context.withDeadline(
                                context.deadline().earlier(deadline))
                        .open()) {
            value = call.call();
        } catch (Throwable e) {
            if (ranOut()) {
                throw pipeline.timedOut(timeout, e);
            }
            pipeline.policy().counts().endedInTime(false);
            throw e;
        }
        if (ranOut()) {
            throw pipeline.timedOut(timeout, null);
        }
        pipeline.policy().counts().endedInTime(true);
        return value;
    }

    private void interrupt() {
        if (state.compareAndSet(State.RUNNING, State.INTERRUPTING)) {
            caller.interrupt();
            state.set(State.INTERRUPTED);
        }
    }

    private boolean ranOut() {
        if (state.compareAndSet(State.RUNNING, State.ENDED)) {
            return false;
        }
        while (state.get() != State.INTERRUPTED) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
        return true;
    }
}
