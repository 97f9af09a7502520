package io.holdfast.core.cluster;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;

/** What changed in the directory. */
public sealed interface ServiceEvent {
    /**
     * An instance appeared or changed.
     *
     * @param instance the instance as it is now
     */
    record Updated(ServiceInstance instance) implements ServiceEvent {}

    /**
     * An instance went: it was withdrawn, or its node left or died.
     *
     * @param service the service
     * @param node the node that offered it
     */
    record Removed(ServiceName service, NodeId node) implements ServiceEvent {}
}
