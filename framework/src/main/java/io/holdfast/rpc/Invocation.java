package io.holdfast.rpc;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call with all its attempts: the encoded request, and which instances it has tried. Attempts follow one another, so it needs no lock; what hands one over to the next is the
 * future between them.
 */
final class Invocation {
    private final byte[] request;
    private final CallContext caller;
    private final CallContext context;
    private @Nullable List<NodeId> tried;

    Invocation(byte[] request, CallContext caller, Deadline deadline) {
        this.request = request;
        this.caller = caller;
        this.context = caller.withDeadline(deadline);
    }

    byte[] request() {
        return request;
    }

    /** The context of who called: what follows on the result runs in it, without this call's own deadline. */
    CallContext caller() {
        return caller;
    }

    /** The caller's context, bounded by this call's timeout. */
    CallContext context() {
        return context;
    }

    void tried(ServiceInstance instance) {
        if (tried == null) {
            tried = new ArrayList<>(4);
        }
        tried.add(instance.node());
    }

    int attempts() {
        return tried == null ? 0 : tried.size();
    }

    /** Those that were not tried yet; all of them if every one was. */
    List<ServiceInstance> fresh(List<ServiceInstance> instances) {
        List<NodeId> used = tried;
        if (used == null) {
            return instances;
        }
        List<ServiceInstance> fresh = instances.stream()
                .filter(instance -> !used.contains(instance.node()))
                .toList();
        return fresh.isEmpty() ? instances : fresh;
    }

    boolean hasFresh(List<ServiceInstance> instances) {
        List<NodeId> used = tried;
        return used == null || instances.stream().anyMatch(instance -> !used.contains(instance.node()));
    }
}
