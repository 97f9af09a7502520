package io.holdfast.circuitbreaker;

import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A call that runs on a thread of the pool while its caller waits. Who stops waiting, interrupted or out of time, stops the call as well. */
final class PooledCall<T> implements CallPool.Turn {
    private final Pipeline pipeline;
    private final CallPool pool;
    private final CallContext context;
    private final FutureTask<T> task;
    private volatile @Nullable HoldfastException refusal;

    PooledCall(Pipeline pipeline, CallPool pool, CallContext context, Callable<T> body) {
        this.pipeline = pipeline;
        this.pool = pool;
        this.context = context;
        this.task = new FutureTask<>(context.wrap(body));
    }

    T call() throws Exception {
        pool.submit(this);
        try {
            return await();
        } catch (InterruptedException e) {
            stop();
            throw e;
        } catch (TimeoutException e) {
            String state = stop() ? " waited in the queue of its pool" : " ran on its pool";
            throw new DeadlineExceededException(pipeline.place() + state + " until the deadline of the request", e);
        } catch (CancellationException e) {
            HoldfastException refused = refusal;
            throw refused == null ? e : refused;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error fatal) {
                throw fatal;
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Whether the call ended so because there was no thread for it. */
    boolean isRefusal(Throwable error) {
        return error == refusal;
    }

    private T await() throws InterruptedException, ExecutionException, TimeoutException {
        Deadline deadline = context.deadline();
        return deadline.isNone()
                ? task.get()
                : task.get(
                        Math.max(
                                0,
                                deadline.remainingNanos(
                                        pipeline.environment().clock().nanoTime())),
                        TimeUnit.NANOSECONDS);
    }

    /** True if it had not begun. */
    private boolean stop() {
        boolean waiting = pool.withdraw(this);
        task.cancel(true);
        return waiting;
    }

    @Override
    public void run(Runnable over) {
        try {
            task.run();
        } finally {
            Thread.interrupted(); // what stopped this call is not meant for the next one
            over.run();
        }
    }

    @Override
    public void refused(HoldfastException error) {
        refusal = error;
        task.cancel(false);
    }
}
