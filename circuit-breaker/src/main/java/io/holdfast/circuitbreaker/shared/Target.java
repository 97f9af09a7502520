package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a circuit protects: the callee of a policy, or one instance of it.
 *
 * @param policy the policy's name; the same on all nodes that share knowledge of it
 * @param instance the node that runs the instance, or empty if the circuit stands for all instances
 */
public record Target(String policy, Optional<NodeId> instance) implements Comparable<Target> {
    private static final Comparator<Target> ORDER = Comparator.comparing(Target::policy)
            .thenComparing(target -> target.instance().map(NodeId::value).orElse(""));

    /**
     * Validates the name.
     *
     * @param policy a DNS label
     * @param instance as the component
     * @throws IllegalArgumentException if the policy is no label
     */
    public Target {
        Check.label("policy", policy);
    }

    /**
     * The circuit of all instances.
     *
     * @param policy a DNS label
     * @return the target
     */
    public static Target of(String policy) {
        return new Target(policy, Optional.empty());
    }

    @Override
    public int compareTo(Target other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return policy + instance.map(node -> "/" + node).orElse("");
    }
}
