/**
 * What runs once in the cluster: jobs that run at ticks ({@link io.holdfast.sharding.job.JobSchedules}), services and workers that run where a shard is ({@link io.holdfast.sharding.job.Residents}).
 */
@NullMarked
package io.holdfast.sharding.job;

import org.jspecify.annotations.NullMarked;
