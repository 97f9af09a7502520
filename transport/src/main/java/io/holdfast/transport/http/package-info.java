/**
 * HTTP for admin pages and gateways: requests, responses, a router. The server is {@link io.holdfast.transport.netty.NettyHttpServer}.
 *
 * <p>All types are safe for use by many threads.
 */
@NullMarked
package io.holdfast.transport.http;

import org.jspecify.annotations.NullMarked;
