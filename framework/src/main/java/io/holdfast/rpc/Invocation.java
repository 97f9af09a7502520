package io.holdfast.rpc;

import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.balance.Candidate;
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
    private @Nullable List<NodeId> tried;

    Invocation(byte[] request, CallContext caller) {
        this.request = request;
        this.caller = caller;
    }

    byte[] request() {
        return request;
    }

    /** The context of who called: what follows on the result runs in it, without this call's own deadline. */
    CallContext caller() {
        return caller;
    }

    void tried(Candidate candidate) {
        if (tried == null) {
            tried = new ArrayList<>(4);
        }
        tried.add(candidate.instance().node());
    }

    int attempts() {
        return tried == null ? 0 : tried.size();
    }

    boolean hasTried(Candidate candidate) {
        return tried != null && tried.contains(candidate.instance().node());
    }

    boolean hasFresh(List<ServiceInstance> instances) {
        List<NodeId> used = tried;
        return used == null || instances.stream().anyMatch(instance -> !used.contains(instance.node()));
    }
}
