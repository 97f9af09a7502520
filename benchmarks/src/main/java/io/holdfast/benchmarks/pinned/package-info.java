/**
 * Whether the policy pipeline pins virtual threads to their carriers. Start at {@link io.holdfast.benchmarks.pinned.PinnedThreads}.
 */
@NullMarked
package io.holdfast.benchmarks.pinned;

import org.jspecify.annotations.NullMarked;
