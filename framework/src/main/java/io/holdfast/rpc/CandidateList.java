package io.holdfast.rpc;

import io.holdfast.contract.MethodHash;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.telemetry.FlightRecorder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instances that can take one method: worked out anew only when the directory's snapshot changes. Instances that lack the method are left out, and the flight recorder says so
 * once for each change. Safe for use by many threads.
 */
final class CandidateList {
    private final ServiceDirectory directory;
    private final FlightRecorder recorder;
    private final ServiceName service;
    private final RemoteMethod method;
    private final @Nullable NodeId only;
    private volatile AbleInstances current = AbleInstances.NONE;

    CandidateList(
            ServiceDirectory directory,
            FlightRecorder recorder,
            ServiceName service,
            RemoteMethod method,
            @Nullable NodeId only) {
        this.directory = directory;
        this.recorder = recorder;
        this.service = service;
        this.method = method;
        this.only = only;
    }

    /**
     * The instances to choose from, with the snapshot that they come from.
     *
     * @return with at least one
     * @throws UnavailableException if there is none; the message says why
     */
    AbleInstances require() {
        AbleInstances known = now();
        if (known.instances().isEmpty()) {
            throw nobody(known);
        }
        return known;
    }

    /** The instances to choose from, if any. */
    AbleInstances now() {
        List<ServiceInstance> snapshot = directory.instances(service);
        AbleInstances known = current;
        if (known.snapshot() != snapshot) {
            known = workOut(snapshot);
            current = known;
        }
        return known;
    }

    private AbleInstances workOut(List<ServiceInstance> snapshot) {
        List<ServiceInstance> ready = snapshot.stream()
                .filter(instance -> instance.ready() && instance.weight() > 0)
                .filter(instance -> only == null || instance.node().equals(only))
                .toList();
        List<ServiceInstance> able = ready.stream()
                .filter(instance -> instance.methods().contains(method.hash()))
                .toList();
        if (able.size() < ready.size()) {
            List<NodeId> unable = ready.stream()
                    .filter(instance -> !able.contains(instance))
                    .map(ServiceInstance::node)
                    .toList();
            recorder.record(
                    "rpc",
                    method.name(),
                    "not sent to " + unable + ": their contract lacks " + signature() + "; they run an older one");
        }
        return new AbleInstances(snapshot, able, ready.size());
    }

    private UnavailableException nobody(AbleInstances candidates) {
        if (candidates.ready() > 0) {
            return new UnavailableException(method.name() + " has " + candidates.ready()
                    + " ready instances, and none has the method " + signature()
                    + ": they run an older contract; deploy the service before its callers");
        }
        String where = only == null ? "" : " on node " + only;
        int known = candidates.snapshot().size();
        return new UnavailableException(service + " has no ready instance" + where + " (" + known
                + " known); start one, or look at /admin/services and /admin/members");
    }

    private String signature() {
        return MethodHash.signature(method.method());
    }
}
