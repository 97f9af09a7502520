package io.holdfast.examples.streaming.demo;

/** Whom the demo kills. The constants are what {@code --kill} takes. */
enum Victim {
    /** The node that leads the group of replicas when the time has come. */
    leader,
    /** One of the others: writes need no election. */
    follower
}
