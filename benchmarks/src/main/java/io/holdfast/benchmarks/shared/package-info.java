/**
 * What nodes that tell each other what they know are worth: how exact a rate limit of the whole cluster is, and how often a dead dependency is tried. Start at
 * {@link io.holdfast.benchmarks.shared.ClusterLimits}.
 */
@NullMarked
package io.holdfast.benchmarks.shared;

import org.jspecify.annotations.NullMarked;
