/** Pictures of titles: ordered through a queue of work, made once by any node, and kept in a replicated map. */
@NullMarked
package io.holdfast.examples.streaming.thumbnail;

import org.jspecify.annotations.NullMarked;
