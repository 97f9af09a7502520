package io.holdfast.consensus.session;

/**
 * What became of a session.
 *
 * @param state how it stands now
 * @param session its id in the group; 0 if none was open when this node closed it
 */
public record SessionChange(State state, long session) {
    /** How a session stands. */
    public enum State {
        /** The group has answered: it lives. */
        OPEN,
        /** The group has not answered for the whole time to live, by this node's clock: it may have ended the session. Who holds a lock in it must stop acting on it. */
        SUSPENDED,
        /** The group has ended it. All that it held is gone; the next operation opens another one. */
        LOST,
        /** This node has closed it. */
        CLOSED
    }
}
