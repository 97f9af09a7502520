/**
 * One echo of a 100-byte record over loopback, by Holdfast and by its peers, side by side. Start at {@link io.holdfast.benchmarks.rpc.RpcBenchmark}.
 */
@NullMarked
package io.holdfast.benchmarks.rpc;

import org.jspecify.annotations.NullMarked;
