/**
 * The one wire between nodes: its settings, identity and metrics. Start at {@link io.holdfast.transport.netty.NettyTransport}.
 *
 * <p>All types are immutable and safe for use by many threads.
 */
@NullMarked
package io.holdfast.transport;

import org.jspecify.annotations.NullMarked;
