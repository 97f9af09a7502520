package io.holdfast.core.transport;

/** Hears when connections come and go. Called on the transport's thread; must not block. */
public interface ConnectionListener {
    /**
     * A connection was made and both sides said hello.
     *
     * @param peer the other end
     */
    default void onOpened(Peer peer) {}

    /**
     * The last connection to or from a peer closed: a hint, no proof, that it died. It is not told for connections that this node closed.
     *
     * @param peer the other end
     * @param graceful whether the peer had said that it goes (GOAWAY)
     */
    default void onClosed(Peer peer, boolean graceful) {}
}
