/** Entities on whole nodes, a JVM each, while owners are killed, stopped, join and leave: {@code run-shards}. */
@NullMarked
package io.holdfast.benchmarks.shards;

import org.jspecify.annotations.NullMarked;
