/**
 * The transport and the HTTP endpoint on Netty: the only package that imports it, and no signature shows its types. Start at
 * {@link io.holdfast.transport.netty.NettyTransport}.
 *
 * <p>Public types are safe for use by many threads; the others belong to the I/O thread of their connection unless they say otherwise.
 */
@NullMarked
package io.holdfast.transport.netty;

import org.jspecify.annotations.NullMarked;
