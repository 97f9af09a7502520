package io.holdfast.examples.streaming;

/** What a node does for the platform. */
public enum Role {
    /** Takes HTTP requests and notes plays. */
    GATEWAY,
    /** Knows the users. */
    AUTH,
    /** Knows the titles, draws their pictures and counts the plays at night. */
    CATALOG,
    /** Picks titles and makes the trending row while this node leads. */
    RECOMMENDATION,
    /** Keeps what users watch. */
    PLAYBACK
}
