package io.holdfast.circuitbreaker;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.Callable;

/** One attempt on the caller's thread that is interrupted when its time is over. */
final class TimedCall<T> {
    private final Pipeline pipeline;
    private final Duration timeout;
    private final Environment environment;
    private final Interruption interruption = new Interruption();

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
        try (Registration timer = environment.scheduler().schedule(timeout, interruption::fire);
                CallContext.Scope scope = context.withDeadline(
                                context.deadline().earlier(deadline))
                        .open()) {
            value = pipeline.fault().call(call);
        } catch (Throwable e) {
            if (interruption.ended()) {
                throw pipeline.timedOut(timeout, e);
            }
            pipeline.policy().counts().endedInTime(false);
            throw e;
        }
        if (interruption.ended()) {
            throw pipeline.timedOut(timeout, null);
        }
        pipeline.policy().counts().endedInTime(true);
        return value;
    }
}
