package io.holdfast.rpc;

import io.holdfast.contract.Contract;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.contract.ResultKind;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * A method of a client: encodes, chooses an instance, sends, decodes. A call that an instance surely did not begin, because it could not be reached or drains, goes to another
 * one at once. Safe for use by many threads.
 */
final class ClientMethod {
    private static final Object[] NO_ARGUMENTS = {};
    /** How often a call that nobody has begun is sent elsewhere. */
    private static final int MAX_ELSEWHERE = 3;

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
        Invocation invocation = new Invocation(request, context, deadline);
        if (remote.kind() == ResultKind.STAGE) {
            return new StagedCall(this, invocation).start();
        }
        return blocking(invocation);
    }

    private @Nullable Object blocking(Invocation invocation) throws Throwable {
        while (true) {
            ServiceInstance to = choose(invocation);
            try {
                return attempt(invocation, to).await();
            } catch (UnavailableException e) {
                if (!elsewhere(invocation, to)) {
                    throw e;
                }
            }
        }
    }

    ServiceInstance choose(Invocation invocation) {
        return invocation.fresh(candidates.instances()).get(0);
    }

    Attempt attempt(Invocation invocation, ServiceInstance to) {
        return new Attempt(this, to, invocation);
    }

    /** Whether a call that an instance surely did not begin may go to another one. */
    boolean elsewhere(Invocation invocation, ServiceInstance refused) {
        invocation.tried(refused);
        return invocation.attempts() <= MAX_ELSEWHERE
                && invocation.hasFresh(candidates.now().instances())
                && !invocation.context().deadline().isExpired(side.clock().nanoTime());
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
}
