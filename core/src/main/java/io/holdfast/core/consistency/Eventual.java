package io.holdfast.core.consistency;

/**
 * When writes stop and nodes reach each other, all nodes come to the same state (Terry et al. 1995, "Managing update conflicts in Bayou"). Until then a read may be old, and the type says which of two
 * concurrent writes wins. It works on every side of a partition.
 */
public interface Eventual {}
