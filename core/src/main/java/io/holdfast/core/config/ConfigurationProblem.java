package io.holdfast.core.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param location where it stands: {@code holdfast.yaml:4}, {@code environment variable HOLDFAST_NODE_BIND}, {@code argument --holdfast.node.bind}
 * @param message name (value), rule, remedy; never the value of a secret
 */
public record ConfigurationProblem(String location, String message) {
    @Override
    public String toString() {
        return location + ": " + message;
    }
}
