package io.holdfast.examples.streaming;

/** What a node does for the platform. */
public enum Role {
    /** Takes HTTP requests. */
    GATEWAY,
    /** Knows the users. */
    AUTH,
    /** Knows the titles. */
    CATALOG,
    /** Picks titles. */
    RECOMMENDATION,
    /** Keeps what users watch. */
    PLAYBACK
}
