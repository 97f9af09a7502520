package io.holdfast.sharding.job;

import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a job's body, until it has returned. For use by the thread of the jobs. */
final class JobPass {
    /**
     * How it ended.
     *
     * @param outcome how
     * @param nanos how long it took
     * @param failure what it threw
     */
    record End(JobEvent.Outcome outcome, long nanos, Optional<Throwable> failure) {
        String detail() {
            return failure.map(Throwable::toString).orElse("");
        }
    }

    private final BodyRunner.Running body;
    private boolean interrupted;
    private boolean timedOut;

    private JobPass(BodyRunner.Running body) {
        this.body = body;
    }

    static JobPass start(JobThread thread, BodyRunner.Running body, Optional<Duration> limit, Consumer<End> then) {
        JobPass pass = new JobPass(body);
        long began = thread.nanoTime();
        Optional<Registration> timer = limit.map(time -> thread.schedule(time, pass::timeOut));
        thread.ask(body::ended, (any, error) -> {
            timer.ifPresent(Registration::close);
            then.accept(pass.end(thread.nanoTime() - began, error));
        });
        return pass;
    }

    private void timeOut() {
        timedOut = true;
        body.interrupt();
    }

    /** Once is enough. */
    void interrupt() {
        if (!interrupted) {
            interrupted = true;
            body.interrupt();
        }
    }

    /** Whoever was interrupted and returned all the same may have left out the rest. */
    private End end(long nanos, @Nullable Throwable error) {
        Throwable failure = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        JobEvent.Outcome outcome = failure == null ? JobEvent.Outcome.DONE : JobEvent.Outcome.FAILED;
        if (interrupted) {
            outcome = JobEvent.Outcome.INTERRUPTED;
        } else if (timedOut) {
            outcome = JobEvent.Outcome.TIMED_OUT;
        }
        return new End(outcome, nanos, Optional.ofNullable(failure));
    }
}
