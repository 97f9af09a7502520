package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * What an experiment hits. An empty text leaves that part open; calls must be named by their policy or their service.
 *
 * @param policy the policy around the calls
 * @param service the service that the calls go to
 * @param method the method, as the code names it
 * @param node the node that makes the calls or, for pause and kill, that is hit
 */
public record Target(String policy, String service, String method, String node) {
    /** Any call of the node on which the experiment is started: only for faults of the whole node. */
    public static final Target NODE = new Target("", "", "", "");

    /**
     * Validates the names.
     *
     * @param policy empty or a DNS label
     * @param service empty or a DNS label
     * @param method empty or at most 128 characters
     * @param node empty or a DNS label
     * @throws IllegalArgumentException if one is out of bounds
     */
    public Target {
        label("policy", policy);
        label("service", service);
        Check.that(method.length() <= 128, "method (%s) must have at most 128 characters", method);
        label("node", node);
    }

    private static void label(String name, String value) {
        if (!value.isEmpty()) {
            Check.label(name, value);
        }
    }

    /**
     * All calls of a service.
     *
     * @param service its name
     * @return the target
     * @throws IllegalArgumentException if the name is no DNS label
     */
    public static Target service(String service) {
        return new Target("", service, "", "");
    }

    /**
     * All calls under a policy.
     *
     * @param policy its name
     * @return the target
     * @throws IllegalArgumentException if the name is no DNS label
     */
    public static Target policy(String policy) {
        return new Target(policy, "", "", "");
    }

    /**
     * This target, narrowed to a method.
     *
     * @param value the method's name
     * @return a copy
     * @throws IllegalArgumentException if it is too long
     */
    public Target withMethod(String value) {
        return new Target(policy, service, value, node);
    }

    /**
     * This target, narrowed to a node.
     *
     * @param value the node's id
     * @return a copy
     * @throws IllegalArgumentException if the id is no DNS label
     */
    public Target withNode(String value) {
        return new Target(policy, service, method, value);
    }

    /** Whether it names calls. */
    boolean namesCalls() {
        return !policy.isEmpty() || !service.isEmpty();
    }

    /** Whether a call is meant. */
    boolean covers(String ofPolicy, String ofService, String place) {
        return (policy.isEmpty() || policy.equals(ofPolicy))
                && (service.isEmpty() || service.equals(ofService))
                && (method.isEmpty() || place.equals(method) || place.endsWith("." + method));
    }

    /**
     * The target for people.
     *
     * @return for instance {@code service catalog, method search}
     */
    public String describe() {
        List<String> parts = new ArrayList<>();
        add("policy", policy, parts);
        add("service", service, parts);
        add("method", method, parts);
        add("node", node, parts);
        return parts.isEmpty() ? "this node" : String.join(", ", parts);
    }

    private static void add(String name, String value, List<String> parts) {
        if (!value.isEmpty()) {
            parts.add(name + " " + value);
        }
    }
}
