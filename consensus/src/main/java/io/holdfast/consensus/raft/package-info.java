/**
 * What this module asks of a Raft engine, and nothing more: one replica of one group. Apache Ratis answers it in {@code io.holdfast.consensus.ratis}; tests answer it with a model.
 * Start at {@link io.holdfast.consensus.raft.RaftEngine}. All types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.consensus.raft;

import org.jspecify.annotations.NullMarked;
