package io.holdfast.examples.streaming.thumbnail;

/**
 * A picture of a title.
 *
 * @param svg the picture
 * @param madeBy the node that made it
 */
public record Thumbnail(String svg, String madeBy) {}
