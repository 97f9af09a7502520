/**
 * Clusters for tests: nodes within this JVM ({@link io.holdfast.testkit.cluster.HoldfastCluster}, {@link io.holdfast.testkit.cluster.TestCluster}) and nodes in JVMs of their own
 * that can be killed and stopped ({@link io.holdfast.testkit.cluster.ProcessCluster}).
 */
@NullMarked
package io.holdfast.testkit.cluster;

import org.jspecify.annotations.NullMarked;
