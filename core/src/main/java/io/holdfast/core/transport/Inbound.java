package io.holdfast.core.transport;

import io.holdfast.core.call.CallContext;

/**
 * A message that arrived.
 *
 * @param peer who sent it
 * @param context what travelled with it, its deadline on this node's clock
 * @param payload the bytes; the handler may keep them
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record Inbound(Peer peer, CallContext context, byte[] payload) {}
