package io.holdfast.examples.streaming.thumbnail;

/**
 * A picture that somebody wants.
 *
 * @param title the title's id
 */
public record ThumbnailOrder(int title) {}
