/**
 * What runs once in the cluster, from {@link io.holdfast.sharding.job.ClusterJobs}: jobs that run at ticks ({@link io.holdfast.sharding.job.ClusterJobs#schedule}), services and workers that run where a shard is.
 */
@NullMarked
package io.holdfast.sharding.job;

import org.jspecify.annotations.NullMarked;
