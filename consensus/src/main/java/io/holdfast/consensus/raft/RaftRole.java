package io.holdfast.consensus.raft;

/** What a replica does in its group. */
public enum RaftRole {
    /** It reads its storage, or waits to be taken in as a voter. */
    STARTING,
    /** It follows a leader, or waits for one. */
    FOLLOWER,
    /** It asks for votes. */
    CANDIDATE,
    /** It leads, as far as it knows. */
    LEADER,
    /** It has ended: closed, removed from the group, or failed. */
    STOPPED
}
