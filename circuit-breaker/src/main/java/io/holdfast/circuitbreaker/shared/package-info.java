/**
 * What the nodes of a cluster tell each other about the things they call: {@link io.holdfast.circuitbreaker.shared.SharedBreakers} opens circuits on the word of a quorum and lets one node try for all;
 * {@link io.holdfast.circuitbreaker.shared.QuotaShare} divides a rate limit of the whole cluster. Both are protocols without I/O over the {@link io.holdfast.core.cluster.Bulletin};
 * {@link io.holdfast.circuitbreaker.shared.ClusterPolicies} is their shell.
 */
@NullMarked
package io.holdfast.circuitbreaker.shared;

import org.jspecify.annotations.NullMarked;
