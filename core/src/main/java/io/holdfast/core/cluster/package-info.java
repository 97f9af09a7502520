/**
 * What features need of the cluster: who is there ({@link io.holdfast.core.cluster.Membership}), who serves what
 * ({@link io.holdfast.core.cluster.ServiceDirectory}), who leads ({@link io.holdfast.core.cluster.Leadership}), one order of entries for all
 * ({@link io.holdfast.core.cluster.ReplicatedLog}), and small facts of all for all ({@link io.holdfast.core.cluster.Bulletin}). Contract suites in {@code holdfast-testkit} state each as tests.
 */
@NullMarked
package io.holdfast.core.cluster;

import org.jspecify.annotations.NullMarked;
