package io.holdfast.rpc;

import io.holdfast.contract.Contract;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.contract.ResultKind;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A method of a client: encodes, chooses an instance, sends, decodes. Safe for use by many threads. */
final class ClientMethod {
    private static final Object[] NO_ARGUMENTS = {};

    private final RemoteMethod remote;
    private final String route;
    private final ClientSide side;
    private final CandidateList candidates;
    private final CallTimers timers;

    ClientMethod(Contract contract, RemoteMethod remote, ClientSide side, @Nullable NodeId only) {
        this.remote = remote;
        this.route = RpcWire.route(contract.service());
        this.side = side;
        this.candidates =
                new CandidateList(side.directory(), side.telemetry().recorder(), contract.service(), remote, only);
        this.timers = new CallTimers(side.telemetry().meters(), RpcMetric.CLIENT_DURATION, remote.name());
    }

    @Nullable Object call(Object @Nullable [] arguments) throws Throwable {
        CallContext context = CallContext.current();
        Deadline deadline =
                context.deadline().earlier(Deadline.after(side.clock().nanoTime(), side.timeout()));
        byte[] request =
                RpcWire.request(remote.hash(), remote.arguments().encode(arguments == null ? NO_ARGUMENTS : arguments));
        Invocation invocation = new Invocation(request);
        CallContext bounded = context.withDeadline(deadline);
        if (remote.kind() == ResultKind.STAGE) {
            return stage(invocation, bounded);
        }
        return attempt(invocation, bounded).await();
    }

    private CompletableFuture<@Nullable Object> stage(Invocation invocation, CallContext context) {
        try {
            return attempt(invocation, context).stage();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Attempt attempt(Invocation invocation, CallContext context) {
        List<ServiceInstance> able = candidates.instances();
        return new Attempt(this, able.get(0), context, invocation.request());
    }

    void finished(ServiceInstance instance, long nanos, boolean failed) {}

    RemoteMethod remote() {
        return remote;
    }

    String route() {
        return route;
    }

    ClientSide side() {
        return side;
    }

    CallTimers timers() {
        return timers;
    }

    record Invocation(byte[] request) {}
}
