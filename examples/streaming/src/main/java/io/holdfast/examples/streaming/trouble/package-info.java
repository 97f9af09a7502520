/** Services that get slow, weak or failing on purpose while they run, as a file says: for the demo's scenarios. */
@NullMarked
package io.holdfast.examples.streaming.trouble;

import org.jspecify.annotations.NullMarked;
