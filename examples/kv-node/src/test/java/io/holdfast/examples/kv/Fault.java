package io.holdfast.examples.kv;

/** What is done to the nodes. */
enum Fault {
    KILL_LEADER,
    KILL_ANY,
    KILL_ALL,
    PAUSE_LEADER,
    PAUSE_ANY,
    /** One node that is killed again as soon as it is back. */
    RESTART_STORM,
    /** The leader is stopped, another one leads, and that one is killed when the first goes on. */
    PAUSE_THEN_KILL
}
