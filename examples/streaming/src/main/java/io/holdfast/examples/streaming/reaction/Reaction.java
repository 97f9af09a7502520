package io.holdfast.examples.streaming.reaction;

/**
 * What is known of a title on this node.
 *
 * @param views how often it was started
 * @param likes how many users like it
 * @param liked whether the user who asks is one of them
 */
public record Reaction(long views, int likes, boolean liked) {}
