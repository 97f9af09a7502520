package io.holdfast.rpc;

import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.balance.Candidate;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that follow one another at once, because nobody has begun those before. A retry, or a hedge, is another round: whom this one could not reach may be back by then. For one
 * thread at a time.
 */
final class Round {
    private final Invocation invocation;
    private List<NodeId> unbegun = List.of();
    private @Nullable UnavailableException failure;

    Round(Invocation invocation) {
        this.invocation = invocation;
    }

    Invocation invocation() {
        return invocation;
    }

    /** The instance surely did not begin its attempt: to ask it once more is of no use. */
    void unbegun(NodeId node, UnavailableException why) {
        unbegun = Stream.concat(unbegun.stream(), Stream.of(node)).toList();
        failure = why;
    }

    boolean isUnbegun(Candidate candidate) {
        return unbegun.contains(candidate.instance().node());
    }

    boolean hasOthers(List<ServiceInstance> instances) {
        return instances.stream().anyMatch(instance -> !unbegun.contains(instance.node()));
    }

    /** Why the last one did not begin; null before that. */
    @Nullable UnavailableException failure() {
        return failure;
    }
}
