package io.holdfast.rpc;

import io.holdfast.circuitbreaker.GuardedMethod;
import io.holdfast.contract.RemoteMethod;
import io.holdfast.contract.ResultKind;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import org.jspecify.annotations.Nullable;

/** A method at its caller whose calls somebody else carries: encodes, traces, times and decodes as a client of a service does. Safe for use by many threads. */
public final class CarriedMethod {
    private static final Object[] NO_ARGUMENTS = {};

    private final RemoteMethod remote;
    private final GuardedMethod guarded;
    private final ClientSide side;
    private final CallTimers timers;

    /**
     * Binds a method.
     *
     * @param remote the method
     * @param guarded the policies around it
     * @param side the node's part
     */
    public CarriedMethod(RemoteMethod remote, GuardedMethod guarded, ClientSide side) {
        this.remote = remote;
        this.guarded = guarded;
        this.side = side;
        this.timers = new CallTimers(side.telemetry().meters(), RpcMetric.CLIENT_DURATION, remote.name());
    }

    /**
     * Makes a call, bounded by the caller's deadline and the client's timeout.
     *
     * @param proxy whose method is called
     * @param arguments its arguments, or null if it has none
     * @param callee who answers, for messages
     * @param carrier takes it there
     * @return the result, or a stage of it
     * @throws Exception what the contract declares, as itself; what went wrong otherwise as a {@link io.holdfast.core.HoldfastException}
     */
    @SuppressWarnings("try") // the scope is the effect
    public @Nullable Object call(Object proxy, Object @Nullable [] arguments, String callee, Carrier carrier)
            throws Exception {
        CallContext caller = CallContext.current();
        Deadline deadline =
                caller.deadline().earlier(Deadline.after(side.clock().nanoTime(), side.timeout()));
        byte[] encoded = remote.arguments().encode(arguments == null ? NO_ARGUMENTS : arguments);
        try (CallContext.Scope scope = caller.withDeadline(deadline).open()) {
            if (remote.kind() == ResultKind.STAGE) {
                return guarded.invoke(
                        proxy, arguments, () -> new CarriedCall(this, callee, caller).start(carrier, encoded));
            }
            CallerThread.requireMayBlock(remote);
            return guarded.invoke(
                    proxy, arguments, () -> new CarriedCall(this, callee, caller).await(carrier, encoded));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(
                    remote.name() + " was cancelled: the thread that waited was interrupted", e);
        }
    }

    RemoteMethod remote() {
        return remote;
    }

    ClientSide side() {
        return side;
    }

    CallTimers timers() {
        return timers;
    }
}
