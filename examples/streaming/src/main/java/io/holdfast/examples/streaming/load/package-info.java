/**
 * An HTTP load client with an open loop: requests leave at a fixed rate whatever becomes of those before, and latency counts from when a request should have left (no coordinated omission).
 */
@NullMarked
package io.holdfast.examples.streaming.load;

import org.jspecify.annotations.NullMarked;
