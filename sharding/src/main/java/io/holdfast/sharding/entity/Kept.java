package io.holdfast.sharding.entity;

/**
 * An entity's row as it was committed last.
 *
 * @param row what it says
 * @param version its version, 0 if it is not there
 */
record Kept(EntityRow row, long version) {}
