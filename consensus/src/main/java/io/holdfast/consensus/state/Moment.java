package io.holdfast.consensus.state;

/**
 * Where the group stands.
 *
 * @param revision the last command
 * @param logNanos the group's time
 */
record Moment(long revision, long logNanos) {}
