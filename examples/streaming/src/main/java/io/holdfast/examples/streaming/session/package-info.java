/** Who watches what now: a playback session a user, an entity that ends by a reminder when its player falls silent. */
@NullMarked
package io.holdfast.examples.streaming.session;

import org.jspecify.annotations.NullMarked;
