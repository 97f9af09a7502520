/**
 * What the operations of the primitives look like as bytes, and what they do with the state of a group. For those who run a group; users of the primitives start at
 * {@code io.holdfast.consensus.Consensus}. Types are stateless and safe for use by many threads.
 */
@NullMarked
package io.holdfast.consensus.primitive;

import org.jspecify.annotations.NullMarked;
