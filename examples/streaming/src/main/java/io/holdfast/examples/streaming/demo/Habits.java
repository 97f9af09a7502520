package io.holdfast.examples.streaming.demo;

/** What viewers ask for. */
enum Habits {
    /** Home pages above all, and films. */
    BROWSING,
    /** The same, and as often what lives on one node: their carts and their playback sessions. */
    OWNING
}
