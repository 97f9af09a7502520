package io.holdfast.sharding.job;

import io.holdfast.sharding.Tenure;
import java.time.Instant;

/**
 * One run of a job.
 *
 * @param job the job's name
 * @param tick the instant that the schedule names, not that of the run: a run has jitter and may be late
 * @param tenure under which to write; its epoch is the fencing token
 */
public record JobRun(String job, Instant tick, Tenure tenure) {}
