package io.holdfast.consensus.log;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Leadership.Term;
import io.holdfast.core.env.Environment;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the parts of a group's log on one node share. */
record GroupContext(
        GroupId group,
        NodeId self,
        Transport transport,
        Function<NodeId, Optional<Address>> addresses,
        Supplier<List<NodeId>> candidates,
        GroupLogConfig config,
        Environment environment,
        KnownLeader leader,
        KnownReplicas replicas,
        Deadlines deadlines,
        LogMeters meters,
        RandomGenerator random) {
    static final byte[] QUESTION = {1};

    /** Asks a node; what it answers of the leader is taken note of. Never fails: a failure is an answer that says what is certain. */
    CompletableFuture<Answer> ask(NodeId to, Route route, byte[] payload, Deadline deadline) {
        return request(to, route, payload, deadline).handle(this::answer);
    }

    CompletableFuture<byte[]> request(NodeId to, Route route, byte[] payload, Deadline deadline) {
        Optional<Address> address = addresses.apply(to);
        if (address.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new UnavailableException("node " + to + " has no known address; it may have left the cluster"));
        }
        CallContext context = CallContext.EMPTY.withDeadline(deadline);
        return transport.request(address.get(), new Message(route.of(group), context, payload, route.lane()));
    }

    private Answer answer(byte @Nullable [] bytes, @Nullable Throwable error) {
        Term known = leader.current();
        if (bytes == null || error != null) {
            return Answer.failed(known, error == null ? new IllegalStateException("an answer without bytes") : error);
        }
        try {
            Answer answer = Answer.decode(bytes);
            leader.hint(answer.term());
            return answer;
        } catch (RuntimeException e) {
            return Answer.failed(known, e);
        }
    }

    long now() {
        return environment.clock().nanoTime();
    }

    Deadline within(Duration duration) {
        return Deadline.after(now(), duration);
    }

    /** Runs a task after half to the whole of a delay, so that nodes do not act in step. */
    void later(Duration delay, Runnable task) {
        double share;
        synchronized (random) {
            share = 0.5 + random.nextDouble() / 2;
        }
        environment.scheduler().schedule(Duration.ofNanos((long) (delay.toNanos() * share)), task);
    }
}
