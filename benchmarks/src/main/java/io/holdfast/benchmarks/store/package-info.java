/**
 * The rows of a node on disk: Holdfast's segments beside RocksDB and H2's MVStore under the same load. Start at {@link io.holdfast.benchmarks.store.StoreBenchmark}.
 */
@NullMarked
package io.holdfast.benchmarks.store;

import org.jspecify.annotations.NullMarked;
