package io.holdfast.core.cluster;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import java.util.List;
import java.util.Map;

/**
 * A service as one node offers it.
 *
 * @param service the service
 * @param node the node that offers it
 * @param address where that node listens
 * @param version the version of the service, for instance {@code 1.4.0}; at most 64 characters, empty if it was not told
 * @param zone the node's zone; empty if it was not told
 * @param tags labels for traffic policy, at most 16 of at most 128 characters each
 * @param weight its share of the traffic relative to others, 0 to 1000; 100 by default, 0 takes it out
 * @param ready whether it takes calls now
 * @param methods the hash of each method that it can serve, in ascending order (see the contract hash in the framework); at most 256
 */
public record ServiceInstance(
        ServiceName service,
        NodeId node,
        Address address,
        String version,
        String zone,
        Map<String, String> tags,
        int weight,
        boolean ready,
        List<Integer> methods) {
    /** The weight of an instance that was given none. */
    public static final int DEFAULT_WEIGHT = 100;

    /**
     * Validates the bounds.
     *
     * @param service as the component
     * @param node as the component
     * @param address as the component
     * @param version as the component
     * @param zone as the component
     * @param tags as the component
     * @param weight as the component
     * @param ready as the component
     * @param methods as the component
     * @throws IllegalArgumentException if one is passed; the message names it
     */
    public ServiceInstance {
        Check.that(
                version.length() <= 64,
                "version of service %s (%d characters) must have at most 64",
                service,
                version.length());
        Check.that(
                zone.length() <= 63, "zone of service %s (%d characters) must have at most 63", service, zone.length());
        Check.that(tags.size() <= 16, "service %s has %d tags; keep at most 16", service, tags.size());
        tags.forEach((key, value) -> Check.that(
                !key.isEmpty() && key.length() <= 128 && value.length() <= 128,
                "tag %s of service %s must have 1 to 128 characters in its key and at most 128 in its value",
                key,
                service));
        Check.between("weight of service " + service, weight, 0, 1000);
        Check.that(
                methods.size() <= 256,
                "service %s has %d methods; keep at most 256, or split the contract",
                service,
                methods.size());
        tags = Map.copyOf(tags);
        methods = List.copyOf(methods);
    }

    /**
     * This instance, taking calls or not.
     *
     * @param value whether it takes calls
     * @return a copy
     */
    public ServiceInstance withReady(boolean value) {
        return new ServiceInstance(service, node, address, version, zone, tags, weight, value, methods);
    }
}
