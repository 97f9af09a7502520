/**
 * From nothing to a ready node, and to a cluster of three nodes. Start at {@link io.holdfast.benchmarks.startup.StartupBenchmark}.
 */
@NullMarked
package io.holdfast.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
