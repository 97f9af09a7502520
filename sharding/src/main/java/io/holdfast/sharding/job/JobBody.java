package io.holdfast.sharding.job;

/** What a job does at a tick. One run of a job at a time, on a thread of its own; it may block. */
@FunctionalInterface
public interface JobBody {
    /**
     * Runs for one tick. It is interrupted when the shard is lost or handed over for too long, when the job is taken back, and after {@link Schedule#withLimit}. What it must not do twice it need not guard: a tick is begun once at most. What must
     * not happen after its owner was replaced it commits under {@link io.holdfast.sharding.Tenure#fence}, or sends to somebody who refuses old tokens: {@link io.holdfast.core.call.CallContext#fencingToken} is the epoch.
     *
     * @param run which tick, and under which tenure
     * @throws Exception any failure: it is recorded, and the next tick runs as if nothing had happened
     */
    void run(JobRun run) throws Exception;
}
