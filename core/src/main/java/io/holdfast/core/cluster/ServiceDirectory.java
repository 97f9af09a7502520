package io.holdfast.core.cluster;

import io.holdfast.core.ServiceName;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Who serves what, in the whole cluster. A view of this node, eventually the same everywhere. Safe for use by many threads.
 */
public interface ServiceDirectory {
    /**
     * Offers a service from this node, or replaces what this node offered under that name before.
     *
     * @param instance the instance; its node must be this node
     * @throws IllegalArgumentException if the instance is of another node
     * @throws io.holdfast.core.OverloadedException if this node offers the most services it may
     */
    void register(ServiceInstance instance);

    /**
     * Takes an offer of this node back.
     *
     * @param service the service
     */
    void withdraw(ServiceName service);

    /**
     * The instances of a service on nodes that are alive or suspected, ready or not.
     *
     * @param service the service
     * @return an immutable snapshot, ordered by node id. The same object is returned until something changes, so that a caller may compare by identity
     */
    List<ServiceInstance> instances(ServiceName service);

    /**
     * The services that anybody offers.
     *
     * @return an immutable snapshot, ordered by name
     */
    List<ServiceName> services();

    /**
     * Watches a service: first an event for each present instance, then each change in order, on one thread; the listener must not block.
     *
     * @param service the service
     * @param listener the listener
     * @return ends the watching
     */
    Registration watch(ServiceName service, Consumer<ServiceEvent> listener);

    /**
     * Waits until a service has ready instances.
     *
     * @param service the service
     * @param count how many
     * @param timeout how long to wait
     * @return completes with the ready instances; fails with {@link io.holdfast.core.UnavailableException}, which says how many there were, when the time is over
     */
    CompletionStage<List<ServiceInstance>> awaitInstances(ServiceName service, int count, Duration timeout);
}
