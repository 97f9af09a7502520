package io.holdfast.examples.streaming.session;

/**
 * What a user watches.
 *
 * @param title the title's id
 * @param device on which device
 * @param seconds how far the film is
 * @param beats how often the player has told so
 * @param servedBy the node on which the session lives
 */
public record NowPlaying(int title, String device, int seconds, long beats, String servedBy) {}
