package io.holdfast.examples.kv;

/** What is done to the nodes. */
enum Fault {
    KILL_LEADER,
    KILL_ANY,
    /** As many as may be missing, at once. */
    KILL_MINORITY,
    KILL_ALL,
    /** A node comes back with an empty disk. */
    LOSE_DISK,
    PAUSE_LEADER,
    PAUSE_ANY,
    /** One node that is killed again as soon as it is back. */
    RESTART_STORM,
    /** The leader is stopped, another one leads, and that one is killed when the first goes on. */
    PAUSE_THEN_KILL
}
