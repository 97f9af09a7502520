/**
 * How much load reaches the bottom of a chain of services when it fails and every tier retries. Start at {@link io.holdfast.benchmarks.chain.ChainBenchmark}.
 */
@NullMarked
package io.holdfast.benchmarks.chain;

import org.jspecify.annotations.NullMarked;
