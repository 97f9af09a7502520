package io.holdfast.rpc;

import io.holdfast.core.cluster.ServiceInstance;
import java.util.List;

/**
 * Who could take the calls of one method, as worked out from one snapshot of the directory. Immutable.
 *
 * @param snapshot the instances that it was worked out from, compared by identity
 * @param instances those that are ready and have the method
 * @param ready how many are ready, with or without the method
 */
record AbleInstances(List<ServiceInstance> snapshot, List<ServiceInstance> instances, int ready) {
    static final AbleInstances NONE = new AbleInstances(List.of(), List.of(), 0);
}
