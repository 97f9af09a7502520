package io.holdfast.benchmarks.consensus;

/** One running node of three. */
interface KvNode {
    /** What a node is to its cluster at this moment. */
    enum Role {
        LEADER,
        /** It follows a leader that it knows. */
        FOLLOWER,
        /** It knows no leader. */
        ALONE
    }

    /** The role that the node believes in. */
    Role role() throws Exception;

    /** The term or epoch of the group; 0 if the peer does not tell. It grows with each election. */
    default long term() throws Exception {
        return 0;
    }

    /** The process that serves and is to be killed: this JVM's, unless the peer is not written in Java. */
    default long pid() {
        return ProcessHandle.current().pid();
    }

    /** Writes a backup of the group, and returns its size in bytes once it is on disk. */
    default long backup() throws Exception {
        throw new UnsupportedOperationException("this peer takes no backups");
    }

    /** Ends the node. */
    void close() throws Exception;
}
