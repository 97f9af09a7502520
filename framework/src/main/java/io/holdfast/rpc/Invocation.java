package io.holdfast.rpc;

import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.discovery.balance.Candidate;
import io.holdfast.discovery.traffic.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call with all its attempts: the encoded request, the rule that holds for it, and which instances it has tried. Safe for use by
 * many threads: hedged attempts run beside each other.
 */
final class Invocation {
    private final byte[] request;
    private final CallContext caller;
    private final Route route;
    private @Nullable List<NodeId> tried; // guarded by this

    Invocation(byte[] request, CallContext caller, Route route) {
        this.request = request;
        this.caller = caller;
        this.route = route;
    }

    byte[] request() {
        return request;
    }

    /** The context of who called: what follows on the result runs in it, without this call's own deadline. */
    CallContext caller() {
        return caller;
    }

    Route route() {
        return route;
    }

    synchronized void tried(Candidate candidate) {
        if (tried == null) {
            tried = new ArrayList<>(4);
        }
        tried.add(candidate.instance().node());
    }

    synchronized int attempts() {
        return tried == null ? 0 : tried.size();
    }

    synchronized boolean hasTried(Candidate candidate) {
        return tried != null && tried.contains(candidate.instance().node());
    }
}
