package io.holdfast.core.consistency;

/**
 * What was written by somebody who had read something is never seen without what was read (Ahamad et al. 1995, "Causal memory"), key by key or object by object as the type says; writes that knew nothing of
 * each other are kept side by side or merged, never dropped. It works on every side of a partition.
 */
public interface Causal {}
