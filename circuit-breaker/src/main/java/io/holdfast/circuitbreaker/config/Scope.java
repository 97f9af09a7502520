package io.holdfast.circuitbreaker.config;

/** For whom a number of a policy counts. */
public enum Scope {
    /** Each node for itself. */
    NODE,
    /** All nodes of the cluster together: they tell each other, without a leader. A policy of that name must mean the same on all of them. */
    CLUSTER
}
