/**
 * A streaming platform on Holdfast: gateway, auth, catalogue, recommendation and playback, any subset of them on each node. Start at {@link io.holdfast.examples.streaming.StreamingNode}.
 */
@NullMarked
package io.holdfast.examples.streaming;

import org.jspecify.annotations.NullMarked;
