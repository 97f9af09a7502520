/**
 * How a protocol runs: a plain class that is told what happened and says what to do ({@link io.holdfast.core.loop.Protocol}), a batch of effects
 * ({@link io.holdfast.core.loop.Outbox}), and the one thread that carries both ({@link io.holdfast.core.loop.EventLoop}).
 */
@NullMarked
package io.holdfast.core.loop;

import org.jspecify.annotations.NullMarked;
