/** The small binary form of what nodes gossip. */
@NullMarked
package io.holdfast.core.wire;

import org.jspecify.annotations.NullMarked;
