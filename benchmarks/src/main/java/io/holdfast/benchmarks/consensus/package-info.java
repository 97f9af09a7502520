/**
 * A replicated key-value store under load and under the loss of its leader: three nodes in three JVMs, the client in a fourth, the peers side by side. Start at
 * {@link io.holdfast.benchmarks.consensus.ConsensusBenchmark} and {@link io.holdfast.benchmarks.consensus.FailoverBenchmark}.
 */
@NullMarked
package io.holdfast.benchmarks.consensus;

import org.jspecify.annotations.NullMarked;
