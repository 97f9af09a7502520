package io.holdfast.core.transport;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, as it was when the connection was made.
 *
 * @param node the id that it gave in the handshake; proven only if the certificate names it
 * @param address where it listens, as it says
 * @param principal who it is by its certificate, or null without TLS
 */
public record Peer(NodeId node, Address address, @Nullable Principal principal) {}
