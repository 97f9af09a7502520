/**
 * The port over which nodes talk: request and response, one-way, and streams, to a route of another node. Start at {@link io.holdfast.core.transport.Transport}.
 */
@NullMarked
package io.holdfast.core.transport;

import org.jspecify.annotations.NullMarked;
