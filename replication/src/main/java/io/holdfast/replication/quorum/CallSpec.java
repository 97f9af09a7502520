package io.holdfast.replication.quorum;

/**
 * How many replicas a call needs.
 *
 * @param needed R of a read, W of a write
 * @param stored W: how many replicas shall hold what a read answers, if it repairs before it answers
 * @param sloppy whether nodes that stand in for replicas that are gone count
 * @param repairFirst whether a read answers only after what it read is stored on {@code stored} replicas
 */
record CallSpec(int needed, int stored, boolean sloppy, boolean repairFirst) {}
