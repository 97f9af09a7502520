package io.holdfast.examples.streaming.trending;

/**
 * Somebody began to watch.
 *
 * @param title the title's id
 */
public record Play(int title) {}
