package io.holdfast.examples.streaming.load;

/**
 * An answer.
 *
 * @param status the status code
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HttpAnswer(int status, byte[] body) {}
