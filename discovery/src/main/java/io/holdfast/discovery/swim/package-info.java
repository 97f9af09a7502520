/**
 * Membership and service registry as one protocol without I/O: SWIM (Das, Gupta, Motivala, DSN 2002) with suspicion, Lifeguard (Dadgar, Phillips, Currey, DSN-W 2018), a
 * formation that cannot split, and owner-versioned service records on the same gossip. Start at {@link io.holdfast.discovery.swim.Swim}. Not thread-safe unless a type says so: the
 * {@link io.holdfast.core.loop.EventLoop} is the only thread.
 */
@NullMarked
package io.holdfast.discovery.swim;

import org.jspecify.annotations.NullMarked;
