package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.Check;

/**
 * What a circuit protects: the callee of a policy.
 *
 * @param policy the policy's name; the same on all nodes that share knowledge of it
 */
public record Target(String policy) implements Comparable<Target> {
    /**
     * Validates the name.
     *
     * @param policy a DNS label
     * @throws IllegalArgumentException if it is no label
     */
    public Target {
        Check.label("policy", policy);
    }

    @Override
    public int compareTo(Target other) {
        return policy.compareTo(other.policy);
    }

    @Override
    public String toString() {
        return policy;
    }
}
