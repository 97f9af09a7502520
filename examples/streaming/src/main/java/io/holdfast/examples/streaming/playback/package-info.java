/** What a user watches and how far: kept in memory at two owners per user. */
@NullMarked
package io.holdfast.examples.streaming.playback;

import org.jspecify.annotations.NullMarked;
